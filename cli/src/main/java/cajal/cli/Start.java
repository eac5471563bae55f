package cajal.cli;

import java.lang.module.FindException;
import java.util.concurrent.atomic.AtomicBoolean;
import jdk.internal.misc.Signal;
import jdk.internal.module.Modules;

/// Where the launcher's process begins: what the JDK does not offer openly, then [Main].
///
/// **The Vector API.** `--add-modules jdk.incubator.vector` brings it in too, but the JDK then prints a
/// warning on every start, before any of our code runs, and it gives up its archive of the module graph.
/// `Modules.loadModule` is how the JDK itself brings a module into a running process. A JDK that refuses
/// costs speed and nothing else: the kernels then say what is missing and which flag brings it.
///
/// **Ctrl-C.** A shutdown hook runs while the JVM is already ending and cannot be told a second time; a signal
/// handler can.
///
/// The launcher's jar is allowed to call both by `Add-Exports` in its manifest.
final class Start implements Shell.Host {
    private Start() {}

    /// Runs the command line with what this JDK has to offer.
    public static void main(String[] args) {
        System.exit(Main.run(Shell.ofProcess(new Start()), args));
    }

    @Override
    public void fastKernels() {
        try {
            Modules.loadModule("jdk.incubator.vector");
        } catch (LinkageError | FindException absent) {
            debug("the Vector API cannot be loaded", absent);
        }
    }

    /// The scalar kernels: vector code would be warm after the command's end.
    @Override
    public void readyKernels() {
        if (System.getProperty("cajal.kernels") == null) {
            System.setProperty("cajal.kernels", "scalar");
        }
    }

    @Override
    public void onInterrupt(Runnable action) {
        handle("INT", 130, action);
        handle("TERM", 143, action);
    }

    private static void handle(String name, int code, Runnable action) {
        AtomicBoolean before = new AtomicBoolean();
        try {
            Signal.handle(new Signal(name), _ -> {
                if (before.getAndSet(true)) {
                    Runtime.getRuntime().halt(code);
                }
                action.run();
            });
        } catch (LinkageError | IllegalArgumentException unavailable) {
            debug("the signal " + name + " cannot be handled", unavailable);
        }
    }

    private static void debug(String what, Throwable why) {
        System.getLogger("cajal.cli").log(System.Logger.Level.DEBUG, what, why);
    }
}

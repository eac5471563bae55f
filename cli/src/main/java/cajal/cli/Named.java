package cajal.cli;

import cajal.nn.Activation;
import cajal.nn.Init;
import cajal.nn.Loss;
import cajal.train.Optimizer;
import cajal.train.Schedule;
import java.util.Iterator;
import java.util.List;
import java.util.function.Supplier;

/// The registered names, for help texts and for completion: what is registered is listed.
abstract class Named implements Iterable<String> {
    private final Supplier<List<String>> names;

    private Named(Supplier<List<String>> names) {
        this.names = names;
    }

    @Override
    public Iterator<String> iterator() {
        return names.get().iterator();
    }

    static final class Models extends Named {
        Models() {
            super(Architectures::names);
        }
    }

    static final class Losses extends Named {
        Losses() {
            super(Loss::names);
        }
    }

    static final class Optimizers extends Named {
        Optimizers() {
            super(Optimizer::names);
        }
    }

    static final class Schedules extends Named {
        Schedules() {
            super(Schedule::names);
        }
    }

    static final class Activations extends Named {
        Activations() {
            super(Activation::names);
        }
    }

    static final class Inits extends Named {
        Inits() {
            super(Init::names);
        }
    }
}

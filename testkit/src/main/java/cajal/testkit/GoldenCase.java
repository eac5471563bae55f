package cajal.testkit;

import cajal.format.TensorFile;
import cajal.kernel.DType;
import cajal.nn.Block;
import cajal.nn.Part;
import cajal.tensor.Grad;
import cajal.tensor.Param;
import cajal.tensor.Tensor;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URISyntaxException;
import java.net.URL;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.function.Function;

/// Reference values of one call that another library made (`bench/goldens` holds the programs): inputs,
/// parameters, outputs, and the gradients of the sum of all outputs, each weighted by its seed.
///
/// @param name as in `linear-no-bias`
/// @param settings the call that made it, in the other library's words
/// @param tensors `in/NAME`, `param/PATH`, `state/PATH`, `after/PATH`, `out/NAME`, `seed/NAME`, `grad/in/NAME`,
///     `grad/param/PATH`
public record GoldenCase(String name, String settings, Map<String, Tensor> tensors) {
    /// The largest deviation that passes in single precision, relative to the largest number of its tensor.
    public static final double SINGLE = 1e-5;
    /// The largest deviation that passes in double precision.
    public static final double DOUBLE = 1e-9;

    /// The cases of a family by name.
    ///
    /// **Throws** [IllegalArgumentException] if there is no such family.
    public static Map<String, GoldenCase> family(String family) {
        URL file = GoldenCase.class.getResource("goldens/" + family + ".safetensors");
        if (file == null) {
            throw new IllegalArgumentException("There are no reference values '" + family + "'");
        }
        Map<String, GoldenCase> cases = new LinkedHashMap<>();
        try (TensorFile saved = TensorFile.open(Path.of(file.toURI()))) {
            saved.metadata().forEach((name, settings) -> {
                if (!name.equals("library") && !name.equals("seed")) {
                    cases.put(name, new GoldenCase(name, settings, new LinkedHashMap<>()));
                }
            });
            saved.entries().keySet().forEach(key -> {
                int slash = key.indexOf('/');
                Objects.requireNonNull(cases.get(key.substring(0, slash)), key)
                        .tensors
                        .put(key.substring(slash + 1), saved.tensor(key));
            });
        } catch (URISyntaxException e) {
            throw new UncheckedIOException(new IOException(e));
        }
        return cases;
    }

    /// What a prefix holds, without it: `under("param/")` gives the parameters by path.
    public Map<String, Tensor> under(String prefix) {
        Map<String, Tensor> found = new LinkedHashMap<>();
        tensors.forEach((key, t) -> {
            if (key.startsWith(prefix)) {
                found.put(key.substring(prefix.length()), t);
            }
        });
        return found;
    }

    /// Holds a layer with one input and one output to the case, in double and in single precision.
    ///
    /// @param layer makes a new layer without values
    public void check(java.util.function.Supplier<? extends Block> layer) {
        check(layer, (block, in) -> List.of(block.apply(in.getFirst())));
    }

    /// How a part is called: with the case's inputs in order, for its outputs in order.
    @FunctionalInterface
    public interface Call<P> {
        /// Calls it.
        List<Tensor> of(P part, List<Tensor> in);
    }

    /// Holds a part to the case, in double and in single precision: outputs, gradients, states afterwards.
    ///
    /// @param part makes a new part without values
    /// @param call calls it
    public <P extends Part> void check(java.util.function.Supplier<P> part, Call<P> call) {
        for (DType dtype : List.of(DType.F64, DType.F32)) {
            P made = part.get();
            Map<String, Tensor> values = new LinkedHashMap<>(under("param/"));
            values.putAll(under("state/"));
            if (!values.isEmpty()) {
                values.replaceAll((_, t) -> as(t, dtype));
                made.load(values);
            }
            check(dtype, made.parameters(), in -> call.of(made, in));
            under("after/")
                    .forEach((path, wanted) -> compare(
                            "state " + path,
                            dtype,
                            wanted,
                            Objects.requireNonNull(made.states().get(path), path)));
        }
    }

    /// Holds a function to the case, in double and in single precision: a loss, an operation.
    public void check(Function<List<Tensor>, List<Tensor>> function) {
        for (DType dtype : List.of(DType.F64, DType.F32)) {
            check(dtype, Map.of(), function);
        }
    }

    private void check(DType dtype, Map<String, Param> params, Function<List<Tensor>, List<Tensor>> function) {
        List<Tensor> in = new ArrayList<>();
        Map<String, Tensor> leaves = new LinkedHashMap<>();
        under("in/").forEach((input, t) -> {
            boolean varies = tensors.containsKey("grad/in/" + input);
            Tensor x = varies ? as(t, dtype).requireGrad() : as(t, dtype);
            in.add(x);
            if (varies) {
                leaves.put("grad/in/" + input, x);
            }
        });
        params.forEach((path, p) -> {
            if (tensors.containsKey("grad/param/" + path)) {
                leaves.put("grad/param/" + path, p);
            }
        });
        long expected =
                tensors.keySet().stream().filter(k -> k.startsWith("grad/")).count();
        if (expected != leaves.size()) {
            throw new AssertionError(
                    this + ": it has gradients of " + under("grad/").keySet() + ", the part only " + leaves.keySet());
        }
        List<Tensor> out = function.apply(in);
        List<String> names = List.copyOf(under("out/").keySet());
        if (out.size() != names.size()) {
            throw new AssertionError(this + ": it has the outputs " + names + ", the part gave " + out.size());
        }
        Tensor loss = Tensor.scalar(0, dtype);
        for (int i = 0; i < names.size(); i++) {
            compare("output " + names.get(i), dtype, get("out/" + names.get(i)), out.get(i));
            Tensor seed = tensors.get("seed/" + names.get(i));
            if (seed != null) {
                loss = loss.add(out.get(i).mul(as(seed, dtype)).sum());
            }
        }
        if (leaves.isEmpty()) {
            return;
        }
        List<Tensor> gradients = Grad.of(loss, List.copyOf(leaves.values()));
        int i = 0;
        for (String key : leaves.keySet()) {
            compare(key, dtype, get(key), gradients.get(i++));
        }
    }

    private Tensor get(String key) {
        return Objects.requireNonNull(tensors.get(key), key);
    }

    private static Tensor as(Tensor t, DType dtype) {
        return t.dtype().isFloat() ? t.to(dtype) : t;
    }

    private void compare(String what, DType dtype, Tensor wanted, Tensor actual) {
        if (!actual.shape().equals(wanted.shape())) {
            throw new AssertionError(
                    this + ", " + what + ": the shape is " + actual.shape() + ", should be " + wanted.shape());
        }
        double[] w = wanted.toDoubles();
        double[] a = actual.toDoubles();
        double scale = 1e-3;
        for (double x : w) {
            scale = Double.isFinite(x) ? Math.max(scale, Math.abs(x)) : scale;
        }
        double limit = dtype == DType.F64 ? DOUBLE : SINGLE;
        for (int i = 0; i < w.length; i++) {
            boolean same = Double.compare(w[i], a[i]) == 0 || Math.abs(w[i] - a[i]) <= limit * scale;
            if (!same) {
                throw new AssertionError(this + ", " + what + ", element " + i + " in " + dtype + ": " + a[i]
                        + ", should be " + w[i] + " within " + limit + " of " + scale);
            }
        }
    }

    /// Name and settings.
    @Override
    public String toString() {
        return name + " (" + settings + ")";
    }
}

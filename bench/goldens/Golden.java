import static org.bytedeco.pytorch.global.torch.ScalarType;

import cajal.format.Safetensors;
import java.nio.DoubleBuffer;
import java.nio.LongBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.bytedeco.pytorch.AutoGradMode;
import org.bytedeco.pytorch.Scalar;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch;

/// Reference values of a family, made by libtorch in double precision: for each case the inputs, parameters
/// and outputs,
/// and the gradients of `sum over all outputs of (output · seed)`, where the seeds are random numbers that are
/// kept too.
///
/// `Golden g = new Golden("products", 1); g.begin(...); Tensor x = g.in(...); ... g.out(...); g.end(); ...
/// g.write();`
///
/// The file `FAMILY.safetensors` holds `CASE/in/NAME`, `CASE/param/PATH`, `CASE/state/PATH` (before),
/// `CASE/after/PATH`
/// (states after), `CASE/out/NAME`, `CASE/seed/NAME`, `CASE/grad/in/NAME`, `CASE/grad/param/PATH`; the
/// metadata hold the
/// settings of each case and the library that made them.
final class Golden {
    private final String family;
    private final Map<String, cajal.tensor.Tensor> all = new LinkedHashMap<>();
    private final Map<String, String> metadata = new LinkedHashMap<>();
    private final Map<String, Tensor> leaves = new LinkedHashMap<>();
    private final List<Tensor> weighted = new ArrayList<>();
    private String name = "";

    Golden(String family, long seed) {
        this.family = family;
        torch.manual_seed(seed);
        metadata.put("library", "PyTorch 2.10.0 (libtorch, CPU, float64)");
        metadata.put("seed", Long.toString(seed));
    }

    /// Begins a case.
    ///
    /// @param name as in `linear-no-bias`
    /// @param settings the call that made it, in PyTorch's words
    void begin(String name, String settings) {
        this.name = name;
        if (metadata.put(name, settings) != null) {
            throw new IllegalArgumentException("two cases are called " + name);
        }
    }

    /// A differentiable input: standard normal numbers.
    Tensor in(String input, long... dims) {
        return in(input, normal(dims));
    }

    /// A differentiable input with values of its own.
    Tensor in(String input, Tensor values) {
        return leaf("in/" + input, values);
    }

    /// An input without a gradient: indices, masks, lengths.
    Tensor fixed(String input, Tensor values) {
        keep("in/" + input, values);
        return values;
    }

    /// A parameter: normal numbers with deviation 0.5.
    Tensor param(String path, long... dims) {
        return param(path, normal(dims).mul(new Scalar(0.5)));
    }

    /// A parameter with values of its own, under the path that it has in Cajal.
    Tensor param(String path, Tensor values) {
        return leaf("param/" + path, values);
    }

    /// The parameters of one of libtorch's modules under its own paths, filled with normal numbers of
    /// deviation 0.3.
    void module(org.bytedeco.pytorch.Module module) {
        module("", module);
    }

    /// As [#module], with something in front of each path.
    void module(String prefix, org.bytedeco.pytorch.Module module) {
        module.to(ScalarType.Double, false);
        var named = module.named_parameters();
        for (long i = 0; i < named.size(); i++) {
            Tensor p = named.values().get(i);
            try (var _ = new AutoGradMode(false)) {
                p.copy_(normal(p.sizes().vec().get()).mul(new Scalar(0.3)));
            }
            String path = "param/" + prefix + named.keys().get(i).getString();
            keep(path, p);
            leaves.put(path, p);
        }
    }

    /// A state before the call, such as a running mean. Call [#after] with the same tensor behind it.
    Tensor state(String path, Tensor values) {
        keep("state/" + path, values);
        return values;
    }

    /// A state after the call.
    void after(String path, Tensor values) {
        keep("after/" + path, values);
    }

    /// An output. Integer outputs get no seed.
    void out(String output, Tensor values) {
        keep("out/" + output, values);
        if (values.is_floating_point() && values.requires_grad()) {
            Tensor seed = normal(values.sizes().vec().get());
            keep("seed/" + output, seed);
            weighted.add(values.mul(seed).sum());
        }
    }

    /// Ends a case: takes the gradients.
    void end() {
        if (!weighted.isEmpty()) {
            Tensor loss = weighted.getFirst();
            for (Tensor t : weighted.subList(1, weighted.size())) {
                loss = loss.add(t);
            }
            loss.backward();
            leaves.forEach((key, leaf) -> {
                if (leaf.grad().defined()) {
                    keep("grad/" + key, leaf.grad());
                }
            });
        }
        leaves.clear();
        weighted.clear();
    }

    /// Writes the family's file.
    void write() throws Exception {
        Path folder = Files.createDirectories(Path.of(System.getProperty("goldens")));
        Path file = folder.resolve(family + ".safetensors");
        Safetensors.write(file, all, metadata);
        System.out.println(file.getFileName() + ": " + (metadata.size() - 2) + " cases, " + Files.size(file) + " bytes");
    }

    /// Standard normal numbers in double precision.
    static Tensor normal(long... dims) {
        return torch.randn(dims).to(ScalarType.Double);
    }

    /// Whole numbers from 0 to `end - 1`.
    static Tensor whole(long end, long... dims) {
        return torch.randint(end, dims).to(ScalarType.Long);
    }

    private Tensor leaf(String key, Tensor values) {
        Tensor leaf = values.detach().clone().set_requires_grad(true);
        keep(key, leaf);
        leaves.put(key, leaf);
        return leaf;
    }

    private void keep(String key, Tensor t) {
        if (name.isEmpty()) {
            throw new IllegalStateException("begin(...) comes first");
        }
        all.put(name + "/" + key, copy(t));
    }

    private static cajal.tensor.Tensor copy(Tensor t) {
        long[] dims = t.dim() == 0 ? new long[0] : t.sizes().vec().get();
        Tensor dense = t.detach().contiguous();
        int n = (int) t.numel();
        if (t.is_floating_point()) {
            double[] values = new double[n];
            DoubleBuffer buffer = dense.to(ScalarType.Double).createBuffer();
            buffer.get(values);
            return cajal.tensor.Tensor.ofDoubles(values, dims);
        }
        long[] values = new long[n];
        LongBuffer buffer = dense.to(ScalarType.Long).createBuffer();
        buffer.get(values);
        return cajal.tensor.Tensor.ofLongs(values, dims);
    }
}

package cajal.nn;

import cajal.tensor.Context;
import cajal.tensor.Listener;
import cajal.tensor.Op;
import cajal.tensor.Tensor;
import java.util.ArrayList;
import java.util.List;

/// A plain function with a name in the network; it is described by the operations that it runs.
final class FunctionLayer extends Block {
    private final Layer function;
    private volatile String label = "";

    FunctionLayer(Layer function) {
        this.function = function;
    }

    @Override
    protected Tensor forward(Tensor x) {
        if (!label.isEmpty()) {
            return function.apply(x);
        }
        List<String> seen = new ArrayList<>();
        Listener names = new Listener() {
            @Override
            public void ran(Op op, String path, Tensor[] in, Tensor[] out) {
                seen.add(op.name());
            }
        };
        try (var _ = Context.current().listener(names).enter()) {
            Tensor y = function.apply(x);
            label = seen.isEmpty() ? "identity" : String.join(" ", seen.subList(0, Math.min(4, seen.size())));
            return y;
        }
    }

    @Override
    public String describe() {
        return label.isEmpty() ? "function" : label;
    }
}

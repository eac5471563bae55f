package cajal.tensor;

import cajal.kernel.Recycler;
import org.jspecify.annotations.Nullable;

/// Collects the gradients that reach a parameter or another tensor that asked for one.
final class Leaf extends Origin {
    private volatile @Nullable Tensor grad;

    @Nullable
    Tensor grad() {
        return grad;
    }

    /// Replaces the gradient: the new one outlives its step, the storage of the old one may serve this step.
    void set(@Nullable Tensor g) {
        Tensor before = grad;
        if (g != null) {
            Recycler.hold(g.view().storage());
        }
        grad = g;
        if (before != null) {
            Recycler.letGo(before.layout().storage(), Context.current().memory().recycler());
        }
    }

    void add(Tensor g) {
        Tensor before = grad;
        set(before == null ? g : before.add(g));
    }
}

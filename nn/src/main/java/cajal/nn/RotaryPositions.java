package cajal.nn;

import cajal.kernel.DType;
import cajal.kernel.Shape;
import cajal.kernel.ShapeException;
import cajal.tensor.Tensor;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// Tells places by rotation: the pair `(x_i, x_(i + D/2))` at place `t` is turned by the angle
/// `t·base^(-2i/D)`, so that
/// the product of a query and a key depends on the distance of their places alone.
///
/// **Shapes** `(..., T, H, D)` gives the same, `D` even.
///
/// **Gradient** `g` turned back.
///
/// **Source** Su et al., "RoFormer: enhanced transformer with rotary position embedding", 2021; the pairs lie
/// half a
/// width apart, as in Llama.
public final class RotaryPositions extends Block {
    private final long width;
    private final double base;

    /// For heads of `width` numbers, with base 10000.
    public RotaryPositions(long width) {
        this(width, 10_000);
    }

    /// For heads of `width` numbers.
    ///
    /// **Throws** [ShapeException] if the width is odd.
    public RotaryPositions(long width, double base) {
        if (width < 2 || width % 2 != 0) {
            throw new ShapeException("Rotary positions for heads of " + width
                    + " numbers\n  rule: pairs of numbers are rotated, so the width is even");
        }
        if (!(base > 1)) {
            throw new IllegalArgumentException("Rotary positions with base " + base + "\n  rule: it is above 1");
        }
        this.width = width;
        this.base = base;
    }

    @Override
    protected Tensor forward(Tensor x) {
        return turned(x, 0);
    }

    /// As [#apply(Tensor)], where the first place is number `from`.
    public Tensor apply(Tensor x, long from) {
        return call(() -> turned(x, from), x);
    }

    private Tensor turned(Tensor x, long from) {
        if (x.rank() < 3 || x.dim(-1) != width) {
            throw new ShapeException("Rotary positions for heads of " + width + " numbers got " + x.shape()
                    + "\n  rule: (..., T, heads, " + width + ")");
        }
        Tensor angles = angles(x.dim(-3), from);
        Tensor cos = angles.cos().to(x.dtype());
        Tensor sin = angles.sin().to(x.dtype());
        List<Tensor> halves = x.split(-1, width / 2, width / 2);
        Tensor a = halves.get(0);
        Tensor b = halves.get(1);
        return Tensor.concat(-1, a.mul(cos).sub(b.mul(sin)), b.mul(cos).add(a.mul(sin)));
    }

    /// The angles, `(T, 1, D/2)`, in double precision: far places have large ones.
    private Tensor angles(long places, long from) {
        int half = (int) (width / 2);
        double[] turns = new double[half];
        for (int i = 0; i < half; i++) {
            turns[i] = StrictMath.pow(base, -2.0 * i / width);
        }
        Tensor t = Tensor.arange(places).add(from).to(DType.F64);
        return t.reshape(Shape.of(places, 1, 1)).mul(Tensor.ofDoubles(turns, half));
    }

    @Override
    protected Optional<Spec> spec() {
        Map<String, Object> constants = new LinkedHashMap<>();
        constants.put("width", width);
        constants.put("base", base);
        return Optional.of(Spec.of("RotaryPositions", constants));
    }

    @Override
    public String describe() {
        return "RotaryPositions(" + width + ")";
    }
}

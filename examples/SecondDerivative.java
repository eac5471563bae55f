// Gradients of gradients: Newton's method on Rosenbrock's valley, f(x, y) = (1 - x)² + 100 (y - x²)².
// Run it:  ./cajal run examples/SecondDerivative.java
import module cajal;

Tensor rosenbrock(Tensor p) {
    var x = p.select(0, 0);
    var y = p.select(0, 1);
    return x.neg().add(1).square().add(y.sub(x.square()).square().mul(100));
}

void main() {
    var p = Tensor.ofDoubles(new double[] {-1.2, 1}, 2);
    for (int step = 0; step < 8; step++) {
        p = p.detach().requireGrad();
        var f = rosenbrock(p);
        var g = Grad.of(f, List.of(p), Grad.CREATE_GRAPH).getFirst();
        // One row of the Hessian for each element of the gradient.
        var row0 = Grad.of(g.select(0, 0), List.of(p), Grad.KEEP_GRAPH).getFirst();
        var row1 = Grad.of(g.select(0, 1), List.of(p)).getFirst();
        IO.println("step %d  f = %.3e  at (%.6f, %.6f)".formatted(step, f.item(), p.get(0), p.get(1)));

        // Solve H d = g for two unknowns.
        double det = row0.get(0) * row1.get(1) - row0.get(1) * row1.get(0);
        double dx = (g.get(0) * row1.get(1) - g.get(1) * row0.get(1)) / det;
        double dy = (row0.get(0) * g.get(1) - row1.get(0) * g.get(0)) / det;
        p = p.sub(Tensor.ofDoubles(new double[] {dx, dy}, 2));
    }
    IO.println("found (%.9f, %.9f); the minimum is (1, 1)".formatted(p.get(0), p.get(1)));
}

package cajal.kernel;

/// A product of matrices of one shape that is computed again and again, at other places of the same arrays,
/// without new objects where its backend can. It serves one thread at a time.
@FunctionalInterface
public interface Product {
    /// Computes it for matrices that begin `a`, `b` and `c` elements behind those that it was made for.
    void compute(int a, int b, int c);
}

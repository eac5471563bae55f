import static org.bytedeco.pytorch.global.torch.ScalarType;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.bytedeco.pytorch.Adagrad;
import org.bytedeco.pytorch.AdagradOptions;
import org.bytedeco.pytorch.Adam;
import org.bytedeco.pytorch.AdamOptions;
import org.bytedeco.pytorch.AdamW;
import org.bytedeco.pytorch.AdamWOptions;
import org.bytedeco.pytorch.LBFGS;
import org.bytedeco.pytorch.LBFGSOptions;
import org.bytedeco.pytorch.LossClosure;
import org.bytedeco.pytorch.NoGradGuard;
import org.bytedeco.pytorch.Optimizer;
import org.bytedeco.pytorch.RMSprop;
import org.bytedeco.pytorch.RMSpropOptions;
import org.bytedeco.pytorch.SGD;
import org.bytedeco.pytorch.SGDOptions;
import org.bytedeco.pytorch.Scalar;
import org.bytedeco.pytorch.StringOptional;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.TensorVector;
import org.bytedeco.pytorch.global.torch;

/// Ten steps of every optimiser on `mean((tanh(x·wᵀ + b) - y)²)`: `w` is 4 × 3, `b` has 4 numbers.
///
/// SGD, Adam, AdamW, Adagrad, RMSprop and L-BFGS are libtorch's own. The others libtorch has not: their
/// published rules are worked here step by step in torch tensors; each names its source. (TensorFlow
/// 2.16.2's ApplyAdadelta and ApplyAdaMax, the latter with ε = 0 because it adds ε elsewhere, agree with
/// Cajal's to the last bit in ten steps.)
class Optimizers {
    private static final int STEPS = 10;

    private static Golden g;
    private static Tensor x;
    private static Tensor y;
    private static Tensor w0;
    private static Tensor b0;

    /// A rule for one parameter: its next value.
    ///
    /// `s` is its memory, by name.
    private interface Rule {
        Tensor next(Tensor p, Tensor g, int t, Map<String, Tensor> s);
    }

    public static void main(String[] args) throws Exception {
        g = new Golden("optimizers", 5);
        torch.manual_seed(5);
        x = Golden.normal(6, 3);
        y = Golden.normal(6, 4).mul(new Scalar(0.5)).tanh();
        w0 = Golden.normal(4, 3).mul(new Scalar(0.5));
        b0 = Golden.normal(4).mul(new Scalar(0.5));

        byLibtorch();
        published();
        withLengths();
        wrapped();
        g.write();
    }

    // ---- libtorch's own

    private static void byLibtorch() {
        SGDOptions sgd = new SGDOptions(0.3);
        sgd.momentum().put(0.8);
        sgd.dampening().put(0.25);
        sgd.weight_decay().put(0.02);
        run("sgd-dampened", "torch.optim.SGD(lr=0.3, momentum=0.8, dampening=0.25, weight_decay=0.02)", p -> new SGD(p, sgd));

        SGDOptions nesterov = new SGDOptions(0.2);
        nesterov.momentum().put(0.9);
        nesterov.nesterov().put(true);
        run("sgd-nesterov", "torch.optim.SGD(lr=0.2, momentum=0.9, nesterov=True)", p -> new SGD(p, nesterov));

        AdamOptions adam = new AdamOptions(0.05);
        run("adam", "torch.optim.Adam(lr=0.05)", p -> new Adam(p, adam));

        AdamOptions amsgrad = new AdamOptions(0.3);
        amsgrad.amsgrad().put(true);
        amsgrad.weight_decay().put(0.03);
        run("amsgrad", "torch.optim.Adam(lr=0.3, weight_decay=0.03, amsgrad=True)", p -> new Adam(p, amsgrad));

        AdamWOptions adamw = new AdamWOptions(0.05);
        adamw.weight_decay().put(0.2);
        run("adamw", "torch.optim.AdamW(lr=0.05, weight_decay=0.2)", p -> new AdamW(p, adamw));

        AdamWOptions amsw = new AdamWOptions(0.3);
        amsw.amsgrad().put(true);
        run("adamw-amsgrad", "torch.optim.AdamW(lr=0.3, amsgrad=True)", p -> new AdamW(p, amsw));

        AdagradOptions adagrad = new AdagradOptions(0.2);
        adagrad.lr_decay().put(0.1);
        adagrad.initial_accumulator_value().put(0.05);
        run("adagrad", "torch.optim.Adagrad(lr=0.2, lr_decay=0.1, initial_accumulator_value=0.05)", p -> new Adagrad(p, adagrad));

        RMSpropOptions rmsprop = new RMSpropOptions(0.02);
        rmsprop.centered().put(true);
        rmsprop.momentum().put(0.5);
        run("rmsprop", "torch.optim.RMSprop(lr=0.02, momentum=0.5, centered=True)", p -> new RMSprop(p, rmsprop));

        LBFGSOptions plain = new LBFGSOptions(0.2);
        plain.max_iter().put(2);
        plain.history_size().put(4);
        run("lbfgs", "torch.optim.LBFGS(lr=0.2, max_iter=2, history_size=4)", p -> new LBFGS(p, plain));

        LBFGSOptions wolfe = new LBFGSOptions(1);
        wolfe.max_iter().put(2);
        wolfe.line_search_fn().put(new StringOptional("strong_wolfe"));
        run("lbfgs-wolfe", "torch.optim.LBFGS(lr=1, max_iter=2, line_search_fn='strong_wolfe')", p -> new LBFGS(p, wolfe));

        LBFGSOptions far = new LBFGSOptions(30);
        far.max_iter().put(2);
        far.line_search_fn().put(new StringOptional("strong_wolfe"));
        run("lbfgs-wolfe-far", "torch.optim.LBFGS(lr=30, max_iter=2, line_search_fn='strong_wolfe')", p -> new LBFGS(p, far));
    }

    private static void run(String name, String settings, java.util.function.Function<TensorVector, Optimizer> maker) {
        begin(name, settings);
        Tensor w = leaf(w0);
        Tensor b = leaf(b0);
        TensorVector params = new TensorVector(w, b);
        Optimizer optimizer = maker.apply(params);
        List<Tensor> ws = new ArrayList<>();
        List<Tensor> bs = new ArrayList<>();
        LossClosure closure = new LossClosure() {
            @Override
            public Tensor call() {
                optimizer.zero_grad();
                Tensor loss = loss(w, b);
                loss.backward();
                return loss;
            }
        };
        for (int t = 1; t <= STEPS; t++) {
            if (optimizer instanceof LBFGS l) {
                l.step(closure);
            } else {
                optimizer.zero_grad();
                loss(w, b).backward();
                optimizer.step();
            }
            ws.add(w.detach().clone());
            bs.add(b.detach().clone());
        }
        end(ws, bs);
    }

    // ---- published rules of single numbers

    private static void published() {
        // Zeiler 2012, algorithm 1; the rate and the decay as torch.optim.Adadelta documents them
        run("adadelta", "torch.optim.Adadelta(lr=0.9, rho=0.8, eps=1e-4, weight_decay=0.05)", (p, grad, t, s) -> {
            Tensor d = grad.add(times(p, 0.05));
            Tensor v = times(old(s, "v", p), 0.8).add(times(d.mul(d), 0.2));
            Tensor u = old(s, "u", p);
            Tensor change = u.add(S(1e-4)).sqrt().div(v.add(S(1e-4)).sqrt()).mul(d);
            s.put("v", v);
            s.put("u", times(u, 0.8).add(times(change.mul(change), 0.2)));
            return p.sub(times(change, 0.9));
        });

        // Kingma and Ba 2015, algorithm 2, ε beside |g| as torch.optim.Adamax documents
        run("adamax", "torch.optim.Adamax(lr=0.05, betas=(0.8, 0.9), eps=1e-6, weight_decay=0.05)", (p, grad, t, s) -> {
            Tensor d = grad.add(times(p, 0.05));
            Tensor m = times(old(s, "m", p), 0.8).add(times(d, 0.2));
            Tensor u = torch.maximum(times(old(s, "u", p), 0.9), d.abs().add(S(1e-6)));
            s.put("m", m);
            s.put("u", u);
            return p.sub(times(m.div(u), 0.05 / (1 - Math.pow(0.8, t))));
        });

        // Dozat 2016, algorithm 2 with the schedule μ_t of section 3.2 (torch.optim.NAdam documents the same)
        for (boolean decoupled : new boolean[] {false, true}) {
            run(
                    decoupled ? "nadam-decoupled" : "nadam",
                    "torch.optim.NAdam(lr=0.05, betas=(0.9, 0.99), momentum_decay=0.004, weight_decay=0.1, decoupled_weight_decay="
                            + decoupled + ")",
                    (p, grad, t, s) -> {
                        Tensor q = decoupled ? times(p, 1 - 0.05 * 0.1) : p;
                        Tensor d = decoupled ? grad : grad.add(times(p, 0.1));
                        Tensor m = times(old(s, "m", p), 0.9).add(times(d, 0.1));
                        Tensor v = times(old(s, "v", p), 0.99).add(times(d.mul(d), 0.01));
                        s.put("m", m);
                        s.put("v", v);
                        double product = 1;
                        for (int i = 1; i <= t; i++) {
                            product *= mu(i);
                        }
                        Tensor mHat = times(m, mu(t + 1) / (1 - product * mu(t + 1)))
                                .add(times(d, (1 - mu(t)) / (1 - product)));
                        Tensor root = times(v, 1 / (1 - Math.pow(0.99, t))).sqrt().add(S(1e-8));
                        return q.sub(times(mHat.div(root), 0.05));
                    });
        }

        // Liu et al. 2020, algorithm 2; threshold 5 and ε as torch.optim.RAdam has them. β₂ = 0.9: it changes over in step 6
        for (boolean decoupled : new boolean[] {false, true}) {
            run(
                    decoupled ? "radam-decoupled" : "radam",
                    "torch.optim.RAdam(lr=0.1, betas=(0.8, 0.9), eps=1e-6, weight_decay=0.1, decoupled_weight_decay=" + decoupled
                            + ")",
                    (p, grad, t, s) -> {
                        Tensor q = decoupled ? times(p, 1 - 0.1 * 0.1) : p;
                        Tensor d = decoupled ? grad : grad.add(times(p, 0.1));
                        Tensor m = times(old(s, "m", p), 0.8).add(times(d, 0.2));
                        Tensor v = times(old(s, "v", p), 0.9).add(times(d.mul(d), 0.1));
                        s.put("m", m);
                        s.put("v", v);
                        double infinite = 2 / (1 - 0.9) - 1;
                        double rho = infinite - 2 * t * Math.pow(0.9, t) / (1 - Math.pow(0.9, t));
                        Tensor mHat = times(m, 1 / (1 - Math.pow(0.8, t)));
                        if (rho <= 5) {
                            return q.sub(times(mHat, 0.1));
                        }
                        double r = Math.sqrt(
                                (rho - 4) * (rho - 2) * infinite / ((infinite - 4) * (infinite - 2) * rho));
                        Tensor l = v.sqrt().add(S(1e-6)).reciprocal();
                        return q.sub(times(mHat.mul(l), 0.1 * r * Math.sqrt(1 - Math.pow(0.9, t))));
                    });
        }

        // Chen et al. 2023, algorithm 2
        run("lion", "algorithm 2 with η=0.02, β₁=0.9, β₂=0.8, λ=0.1", (p, grad, t, s) -> {
            Tensor m = old(s, "m", p);
            Tensor c = times(m, 0.9).add(times(grad, 0.1));
            s.put("m", times(m, 0.8).add(times(grad, 0.2)));
            return p.sub(times(c.sign().add(times(p, 0.1)), 0.02));
        });

        // Riedmiller and Braun 1993 without backtracking, number by number (torch.optim.Rprop documents it)
        run("rprop", "torch.optim.Rprop(lr=0.1, etas=(0.5, 1.2), step_sizes=(0.06, 0.3))", (p, grad, t, s) -> {
            double[] w = numbers(p);
            double[] d = numbers(grad);
            double[] before = t == 1 ? new double[w.length] : numbers(s.get("before"));
            double[] size = t == 1 ? filled(w.length, 0.1) : numbers(s.get("size"));
            for (int i = 0; i < w.length; i++) {
                if (d[i] * before[i] > 0) {
                    size[i] = Math.min(size[i] * 1.2, 0.3);
                } else if (d[i] * before[i] < 0) {
                    size[i] = Math.max(size[i] * 0.5, 0.06);
                    d[i] = 0;
                }
                w[i] -= Math.signum(d[i]) * size[i];
            }
            s.put("before", like(d, p));
            s.put("size", like(size, p));
            return like(w, p);
        });

        // Polyak and Juditsky 1992 with the constants that torch.optim.ASGD documents; also the averages
        List<Tensor> averages = new ArrayList<>();
        Rule asgd = (p, grad, t, s) -> {
            double eta = t == 1 ? 0.3 : 0.3 / Math.pow(1 + 0.1 * 0.3 * (t - 1), 0.75);
            double mu = t == 1 ? 1 : 1 / Math.max(1, (t - 1) - 3.0);
            Tensor d = grad.add(times(p, 0.02));
            Tensor next = times(p, 1 - 0.1 * eta).sub(times(d, eta));
            Tensor a = old(s, "a", p);
            a = a.add(times(next.sub(a), mu));
            s.put("a", a);
            averages.add(a);
            return next;
        };
        run("asgd", "torch.optim.ASGD(lr=0.3, lambd=0.1, alpha=0.75, t0=3, weight_decay=0.02)", asgd, averages);

        // Defazio et al. 2024, algorithm 1; also the averages x
        List<Tensor> xs = new ArrayList<>();
        Rule free = (p, grad, t, s) -> {
            Tensor z = t == 1 ? p : s.get("z");
            Tensor average = t == 1 ? p : s.get("x");
            Tensor v = times(old(s, "v", p), 0.95).add(times(grad.mul(grad), 0.05));
            Tensor vHat = times(v, 1 / (1 - Math.pow(0.95, t)));
            double sum = 0;
            double gamma = 0;
            for (int i = 1; i <= t; i++) {
                gamma = 0.1 * Math.min(1, i / 4.0);
                sum += gamma * gamma;
            }
            z = z.sub(times(grad.div(vHat.sqrt().add(S(1e-8))).add(times(p, 0.05)), gamma));
            double c = gamma * gamma / sum;
            average = times(average, 1 - c).add(times(z, c));
            s.put("z", z);
            s.put("x", average);
            s.put("v", v);
            xs.add(average);
            return times(z, 1 - 0.9).add(times(average, 0.9));
        };
        run("schedulefree", "algorithm 1 with γ=0.1, β=(0.9, 0.95), λ=0.05, 4 steps of warmup", free, xs);
    }

    private static double mu(int t) {
        return 0.9 * (1 - 0.5 * Math.pow(0.96, t * 0.004));
    }

    // ---- published rules with lengths and products

    private static void withLengths() {
        // You et al. 2020, algorithm 2, φ(x) = x
        run("lamb", "algorithm 2 with η=0.05, β=(0.9, 0.99), ε=1e-6, λ=0.1", (p, grad, t, s) -> {
            Tensor m = times(old(s, "m", p), 0.9).add(times(grad, 0.1));
            Tensor v = times(old(s, "v", p), 0.99).add(times(grad.mul(grad), 0.01));
            s.put("m", m);
            s.put("v", v);
            Tensor r = times(m, 1 / (1 - Math.pow(0.9, t)))
                    .div(times(v, 1 / (1 - Math.pow(0.99, t))).sqrt().add(S(1e-6)));
            Tensor u = r.add(times(p, 0.1));
            return p.sub(times(u, 0.05 * length(p) / length(u)));
        });

        // You, Gitman and Ginsburg 2017, algorithm 1
        run("lars", "algorithm 1 with γ=2, m=0.9, β=0.05, η=0.02", (p, grad, t, s) -> {
            double local = 0.02 * length(p) / (length(grad) + 0.05 * length(p));
            Tensor v = times(old(s, "v", p), 0.9).add(times(grad.add(times(p, 0.05)), 2 * local));
            s.put("v", v);
            return p.sub(v);
        });

        // Shazeer and Stern 2018, algorithms 4 (matrices) and 5 (vectors), with the changes that torch.optim.Adafactor
        // documents: means in place of sums, ε₁ only in the two maxima, the rate as greatest relative step
        run("adafactor", "torch.optim.Adafactor(lr=0.3, beta2_decay=-0.8, eps=(None, 1e-3), d=1.0, weight_decay=0.05)", (p, grad, t, s) -> {
            double eps1 = Math.ulp(1.0);
            double share = Math.pow(t, -0.8);
            double alpha = Math.max(1e-3, rms(p)) * Math.min(0.3, 1 / Math.sqrt(t));
            double[] q = numbers(grad.mul(grad));
            double[] v = new double[q.length];
            if (p.dim() == 2) {
                int n = (int) p.size(0);
                int m = (int) p.size(1);
                double[] rows = t == 1 ? new double[n] : numbers(s.get("r"));
                double[] columns = t == 1 ? new double[m] : numbers(s.get("c"));
                double[] newRows = new double[n];
                double[] newColumns = new double[m];
                for (int i = 0; i < n; i++) {
                    for (int j = 0; j < m; j++) {
                        newRows[i] += q[i * m + j] / m;
                        newColumns[j] += q[i * m + j] / n;
                    }
                }
                double mean = 0;
                for (int i = 0; i < n; i++) {
                    rows[i] = (1 - share) * rows[i] + share * newRows[i];
                    mean += rows[i] / n;
                }
                for (int j = 0; j < m; j++) {
                    columns[j] = (1 - share) * columns[j] + share * newColumns[j];
                }
                for (int i = 0; i < q.length; i++) {
                    v[i] = rows[i / m] * columns[i % m] / Math.max(mean, eps1);
                }
                s.put("r", vector(rows));
                s.put("c", vector(columns));
            } else {
                double[] old = t == 1 ? new double[q.length] : numbers(s.get("v"));
                for (int i = 0; i < q.length; i++) {
                    v[i] = (1 - share) * old[i] + share * q[i];
                }
                s.put("v", vector(v));
            }
            double[] u = numbers(grad);
            for (int i = 0; i < u.length; i++) {
                u[i] /= Math.max(Math.sqrt(v[i]), eps1);
            }
            Tensor step = like(u, p);
            step = times(step, 1 / Math.max(1, rms(step) / 1.0));
            return times(p, 1 - 0.3 * 0.05).sub(times(step, alpha));
        });

        // Jordan et al. 2024, in the form that torch.optim.Muon documents (rounds in float64, not bfloat16); vectors by AdamW
        muon("muon", "torch.optim.Muon(lr=0.05), in float64; the bias by torch.optim.AdamW(lr=0.0025, weight_decay=0.1)", true, 1);
        muon(
                "muon-plain",
                "torch.optim.Muon(lr=0.05, nesterov=False, adjust_lr_fn='match_rms_adamw'), in float64; the bias by torch.optim.AdamW(lr=0.0025, weight_decay=0.1)",
                false,
                2);
    }

    private static void muon(String name, String settings, boolean nesterov, int scaling) {
        run(name, settings, (p, grad, t, s) -> {
            if (p.dim() != 2) {
                Tensor m = times(old(s, "m", p), 0.9).add(times(grad, 0.1));
                Tensor v = times(old(s, "v", p), 0.999).add(times(grad.mul(grad), 0.001));
                s.put("m", m);
                s.put("v", v);
                Tensor root = times(v, 1 / (1 - Math.pow(0.999, t))).sqrt().add(S(1e-8));
                return times(p, 1 - 0.0025 * 0.1)
                        .sub(times(m.div(root), 0.0025 / (1 - Math.pow(0.9, t))));
            }
            Tensor b = times(old(s, "b", p), 0.95).add(times(grad, 0.05));
            s.put("b", b);
            Tensor o = nesterov ? times(grad, 0.05).add(times(b, 0.95)) : b;
            double n = p.size(0);
            double m = p.size(1);
            // the gradient is tall, 4 × 3: rounds on its transpose
            o = o.t();
            o = times(o, 1 / Math.max(length(o), 1e-7));
            for (int i = 0; i < 5; i++) {
                Tensor a = o.matmul(o.t());
                o = times(o, 3.4445)
                        .add(times(a, -4.7750).matmul(o))
                        .add(times(a, 2.0315).matmul(a).matmul(o));
            }
            double scale = scaling == 1 ? Math.sqrt(Math.max(1, n / m)) : 0.2 * Math.sqrt(Math.max(n, m));
            return times(p, 1 - 0.05 * 0.1).sub(times(o.t(), 0.05 * scale));
        });
    }

    // ---- what follows an update

    private static void wrapped() {
        // Zhang et al. 2019, algorithm 1, around gradient descent: k = 3, α = 0.4
        run("lookahead", "algorithm 1 with k=3, α=0.4 around torch.optim.SGD(lr=0.5)", (p, grad, t, s) -> {
            Tensor slow = t == 1 ? p : s.get("slow");
            Tensor fast = p.sub(times(grad, 0.5));
            if (t % 3 == 0) {
                slow = slow.add(times(fast.sub(slow), 0.4));
                fast = slow;
            }
            s.put("slow", slow);
            return fast;
        });

        List<Tensor> averages = new ArrayList<>();
        Rule ema = (p, grad, t, s) -> {
            Tensor next = p.sub(times(grad, 0.5));
            Tensor a = t == 1 ? next : times(s.get("a"), 0.9).add(times(next, 0.1));
            s.put("a", a);
            averages.add(a);
            return next;
        };
        run("ema", "torch.optim.swa_utils.AveragedModel(multi_avg_fn=get_ema_multi_avg_fn(0.9)) of torch.optim.SGD(lr=0.5)", ema, averages);

        // Srebro and Shraibman 2005: rows no longer than 0.8, by torch.renorm; a vector is one row
        run("max-norm", "torch.renorm(p, 2, 0, 0.8) after each step of torch.optim.SGD(lr=0.5)", (p, grad, t, s) -> {
            Tensor next = p.sub(times(grad, 0.5));
            return p.dim() == 2
                    ? torch.renorm(next, S(2), 0, S(0.8))
                    : torch.renorm(next.unsqueeze(0), S(2), 0, S(0.8)).squeeze(0);
        });
    }

    private static void run(String name, String settings, Rule rule) {
        run(name, settings, rule, List.of());
    }

    /// @param averages where the rule leaves the averaged weights, of `w` and `b` in turns
    private static void run(String name, String settings, Rule rule, List<Tensor> averages) {
        begin(name, settings);
        Tensor w = leaf(w0);
        Tensor b = leaf(b0);
        Map<String, Tensor> ofW = new HashMap<>();
        Map<String, Tensor> ofB = new HashMap<>();
        List<Tensor> ws = new ArrayList<>();
        List<Tensor> bs = new ArrayList<>();
        for (int t = 1; t <= STEPS; t++) {
            loss(w, b).backward();
            Tensor nextW;
            Tensor nextB;
            try (NoGradGuard guard = new NoGradGuard()) {
                nextW = rule.next(w.detach(), w.grad().detach().clone(), t, ofW);
                nextB = rule.next(b.detach(), b.grad().detach().clone(), t, ofB);
            }
            w = leaf(nextW);
            b = leaf(nextB);
            ws.add(nextW);
            bs.add(nextB);
        }
        if (!averages.isEmpty()) {
            for (int i = 0; i < averages.size(); i += 2) {
                ws.add(averages.get(i));
                bs.add(averages.get(i + 1));
            }
        }
        end(ws, bs);
    }

    // ---- the problem

    private static void begin(String name, String settings) {
        g.begin(name, settings);
        g.fixed("x", x);
        g.fixed("y", y);
        g.fixed("w", w0);
        g.fixed("b", b0);
    }

    /// The weights after each step; behind them, where a rule averages, the averages.
    private static void end(List<Tensor> ws, List<Tensor> bs) {
        g.out("w", torch.stack(new TensorVector(ws.toArray(Tensor[]::new)), 0));
        g.out("b", torch.stack(new TensorVector(bs.toArray(Tensor[]::new)), 0));
        g.end();
    }

    private static Tensor loss(Tensor w, Tensor b) {
        Tensor d = x.matmul(w.t()).add(b).tanh().sub(y);
        return d.mul(d).mean();
    }

    private static Tensor leaf(Tensor t) {
        return t.detach().clone().set_requires_grad(true);
    }

    // ---- short words

    private static Scalar S(double value) {
        return new Scalar(value);
    }

    private static Tensor times(Tensor t, double factor) {
        return t.mul(S(factor));
    }

    /// What was kept, zeros at first.
    private static Tensor old(Map<String, Tensor> s, String name, Tensor like) {
        return s.containsKey(name) ? s.get(name) : torch.zeros_like(like);
    }

    private static double length(Tensor t) {
        return t.mul(t).sum().sqrt().item().toDouble();
    }

    private static double rms(Tensor t) {
        return t.mul(t).mean().sqrt().item().toDouble();
    }

    private static double[] numbers(Tensor t) {
        double[] values = new double[(int) t.numel()];
        java.nio.DoubleBuffer buffer = t.detach().contiguous().to(ScalarType.Double).createBuffer();
        buffer.get(values);
        return values;
    }

    private static double[] filled(int n, double value) {
        double[] values = new double[n];
        Arrays.fill(values, value);
        return values;
    }

    private static Tensor vector(double[] values) {
        Tensor t = torch.zeros(new long[] {values.length}).to(ScalarType.Double);
        java.nio.DoubleBuffer buffer = t.createBuffer();
        buffer.put(values.clone());
        return t;
    }

    private static Tensor like(double[] values, Tensor t) {
        return vector(values).view_as(t);
    }
}

package cajal.cli;

import cajal.data.DigitImage;
import cajal.data.Table;
import cajal.format.TensorFile;
import cajal.kernel.DType;
import cajal.kernel.Shape;
import cajal.tensor.Tensor;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;

/// Turns the files that a person names into a model's inputs.
final class Inputs {
    private Inputs() {}

    /// The inputs `(N, …)` in a file: a picture, rows of a CSV file, or arrays.
    ///
    /// **Throws** [Mistake] if they are not what the model reads.
    static Tensor read(Shell shell, TrainedModel model, String file) {
        Path path = shell.path(file);
        if (!Files.isRegularFile(path)) {
            throw Mistake.of(
                    "there is no file '" + file + "'", "pictures (png, jpg), csv or npy files can be predicted", "");
        }
        String name = file.toLowerCase(Locale.ROOT);
        if (Sources.isTable(name)) {
            return Sources.columns(model).inputs(Table.read(path));
        }
        if (!name.matches(".*\\.(npy|npz|safetensors)")) {
            return picture(model, path, file);
        }
        return arrays(model, path, file);
    }

    private static Tensor picture(TrainedModel model, Path path, String file) {
        if (!model.isPictures()) {
            throw Mistake.of(
                    "the model " + model.path() + " reads no pictures: its inputs have the shape " + model.inputShape(),
                    "pictures go with models that were trained on pictures",
                    "");
        }
        return model.isColoured()
                ? Coloured.load(path, model.inputShape(), model.saved().input())
                : shaped(model, DigitImage.load(path), file);
    }

    /// One input, or one a row.
    private static Tensor arrays(TrainedModel model, Path path, String file) {
        try (TensorFile tensors = TensorFile.open(path)) {
            if (tensors.entries().size() != 1) {
                throw Mistake.of(
                        file + " holds " + tensors.entries().size() + " arrays",
                        "one array is predicted at a time",
                        "");
            }
            Tensor t = tensors.tensor(tensors.entries().firstEntry().getKey());
            Tensor scaled = t.dtype() == DType.U8 && model.isPictures()
                    ? t.to(DType.F32).div(255)
                    : t.to(DType.F32);
            Tensor inputs = shaped(model, scaled, file);
            return model.isColoured() && t.dtype() == DType.U8
                    ? Coloured.standardised(inputs, model.saved().input())
                    : inputs;
        }
    }

    /// As `(N, input…)`: axes of length 1 before a picture may be left out.
    private static Tensor shaped(TrainedModel model, Tensor t, String file) {
        Shape wanted = model.inputShape();
        int rank = wanted.rank();
        while (rank > 1 && wanted.dim(wanted.rank() - rank) == 1) {
            if (t.rank() >= rank && ends(t.shape(), wanted, rank)) {
                break;
            }
            rank--;
        }
        if (!ends(t.shape(), wanted, rank) || t.rank() > rank + 1) {
            throw Mistake.of(
                    file + " has the shape " + t.shape() + ", the model reads " + wanted,
                    "one input of that shape, or (N, …) of them",
                    "");
        }
        long[] dims = new long[wanted.rank() + 1];
        dims[0] = t.size() / wanted.size();
        System.arraycopy(wanted.dims(), 0, dims, 1, wanted.rank());
        return t.reshape(dims);
    }

    private static boolean ends(Shape shape, Shape wanted, int axes) {
        if (shape.rank() < axes) {
            return false;
        }
        for (int i = 1; i <= axes; i++) {
            if (shape.dim(shape.rank() - i) != wanted.dim(wanted.rank() - i)) {
                return false;
            }
        }
        return true;
    }
}

package cajal.data;

import cajal.kernel.DType;
import cajal.tensor.RandomKey;
import cajal.tensor.Tensor;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/// Grey pictures of 28 by 28 pixels in ten classes, to train on and to test with: inputs `(B, 1, 28, 28)`
/// from 0 (paper) to 1 (ink), targets the class indices.
///
/// @param train the training samples
/// @param test the test samples
public record Digits(Dataset train, Dataset test) {
    /// How many training digits the generator writes unless told otherwise: so many that a net passes few
    /// epochs over them and learns no picture by heart.
    public static final int TRAIN = 200_000;
    /// How many test digits the generator writes unless told otherwise.
    public static final int TEST = 5_000;

    private static final List<String> NAMES = List.of("0", "1", "2", "3", "4", "5", "6", "7", "8", "9");
    private static final List<String> FASHION = List.of(
            "T-shirt/top", "Trouser", "Pullover", "Dress", "Coat", "Sandal", "Shirt", "Sneaker", "Bag", "Ankle boot");
    private static final List<String> KANA = List.of("o", "ki", "su", "tsu", "na", "ha", "ma", "ya", "re", "wo");
    private static final List<String> FILES = List.of(
            "train-images-idx3-ubyte", "train-labels-idx1-ubyte", "t10k-images-idx3-ubyte", "t10k-labels-idx1-ubyte");

    /// Where a family of files may be had.
    private record Source(String name, List<String> classes, List<String> mirrors, List<String> checksums) {
        Download download(int file) {
            String gz = FILES.get(file) + ".gz";
            return new Download(
                    name + "/" + gz,
                    checksums.get(file),
                    mirrors.stream().map(m -> URI.create(m + gz)).toList());
        }
    }

    private static final Source MNIST = new Source(
            "mnist",
            NAMES,
            List.of(
                    "https://ossci-datasets.s3.amazonaws.com/mnist/",
                    "https://storage.googleapis.com/cvdf-datasets/mnist/"),
            List.of(
                    "440fcabf73cc546fa21475e81ea370265605f56be210a4024d2ca8f203523609",
                    "3552534a0a558bbed6aed32b30c495cca23d567ec52cac8be1a0730e8010255c",
                    "8d422c7b0a1c1c79245a5bcf07fe86e33eeafee792b84584aec276f5a2dbc4e6",
                    "f7ae60f92e00ec6debd23a6088c31dbd2371eca3ffa0defaefb259924204aec6"));
    private static final Source FASHION_MNIST = new Source(
            "fashion-mnist",
            FASHION,
            List.of(
                    "https://raw.githubusercontent.com/zalandoresearch/fashion-mnist/master/data/fashion/",
                    "http://fashion-mnist.s3-website.eu-central-1.amazonaws.com/"),
            List.of(
                    "3aede38d61863908ad78613f6a32ed271626dd12800ba2636569512369268a84",
                    "a04f17134ac03560a47e3764e11b92fc97de4d1bfaf8ba1a3aa29af54cc90845",
                    "346e55b948d973a97e58d2351dde16a484bd415d4595297633bb08f03db6a073",
                    "67da17c76eaffca5446c3361aaab5c3cd6d1c2608764d35dfb1850b086bf8dd5"));
    private static final Source KMNIST = new Source(
            "kmnist",
            KANA,
            List.of("https://codh.rois.ac.jp/kmnist/dataset/kmnist/", "http://codh.rois.ac.jp/kmnist/dataset/kmnist/"),
            List.of(
                    "51467d22d8cc72929e2a028a0428f2086b092bb31cfb79c69cc0a90ce135fde4",
                    "e38f9ebcd0f3ebcdec7fc8eabdcdaef93bb0df8ea12bee65224341c8183d8e17",
                    "edd7a857845ad6bb1d0ba43fe7e794d164fe2dce499a1694695a792adfac43c5",
                    "20bb9a0ef54c7db3efc55a92eef5582c109615df22683c380526788f98e42a1c"));

    /// Digits that the library writes by hand: no file, no network, the same for the same seed.
    public static Digits handwriting(long seed) {
        return handwriting(TRAIN, TEST, seed);
    }

    /// Some digits that the library writes by hand, each when it is first asked for. Training digits are
    /// written more wildly than test digits, so that a net learns to read strange hands.
    ///
    /// @param train the number of training digits
    /// @param test the number of test digits; none of them is among the training digits
    /// @param seed the seed
    public static Digits handwriting(int train, int test, long seed) {
        RandomKey key = RandomKey.of(seed).fold("handwriting");
        return new Digits(
                new Written(key.fold("train"), Handwriting.WILD, train, NAMES),
                new Written(key.fold("test"), Handwriting.CALM, test, NAMES));
    }

    /// MNIST: 60,000 and 10,000 digits that people wrote. Downloaded once.
    ///
    /// **Source** LeCun, Cortes, Burges, "The MNIST database of handwritten digits", 1998.
    public static Digits mnist() {
        return fetched(MNIST, Download.Listener.NONE);
    }

    /// MNIST from the files in a folder, compressed or not; nothing is downloaded.
    public static Digits mnist(Path folder) {
        return read(MNIST, folder);
    }

    /// Fashion-MNIST: pictures of clothes in the same form. Downloaded once.
    ///
    /// **Source** Xiao, Rasul, Vollgraf, "Fashion-MNIST: a novel image dataset for benchmarking machine
    /// learning algorithms", 2017.
    public static Digits fashionMnist() {
        return fetched(FASHION_MNIST, Download.Listener.NONE);
    }

    /// Kuzushiji-MNIST: cursive Japanese characters in the same form. Downloaded once.
    ///
    /// **Source** Clanuwat et al., "Deep learning for classical Japanese literature", 2018.
    public static Digits kmnist() {
        return fetched(KMNIST, Download.Listener.NONE);
    }

    /// One of `mnist`, `fashion-mnist`, `kmnist`, downloaded if need be.
    ///
    /// @param name the name of the data set
    /// @param listener is told how the download goes on
    ///
    /// **Throws** [DataException] if there is no such data set or it cannot be had.
    public static Digits fetch(String name, Download.Listener listener) {
        return fetched(source(name), listener);
    }

    /// One of `mnist`, `fashion-mnist`, `kmnist`, from the files in a folder or in the folder of that name in
    /// it, compressed or not; nothing is downloaded.
    ///
    /// **Throws** [DataException] if there is no such data set, a file is missing or damaged, or they don't fit
    /// together.
    public static Digits read(String name, Path folder) {
        return read(source(name), folder);
    }

    private static Source source(String name) {
        List<Source> sources = List.of(MNIST, FASHION_MNIST, KMNIST);
        return sources.stream()
                .filter(s -> s.name.equals(name))
                .findFirst()
                .orElseThrow(() -> new DataException("There is no data set '" + name
                        + "' to download\n  rule: it is one of "
                        + String.join(", ", sources.stream().map(Source::name).toList())));
    }

    private static Digits fetched(Source source, Download.Listener listener) {
        List<Path> files = new ArrayList<>();
        for (int i = 0; i < FILES.size(); i++) {
            files.add(source.download(i).fetch(Download.cache(), listener));
        }
        return of(source, files);
    }

    private static Digits read(Source source, Path folder) {
        List<Path> files = new ArrayList<>();
        for (String name : FILES) {
            List<Path> candidates = new ArrayList<>();
            for (Path place : List.of(folder, folder.resolve(source.name))) {
                for (String written : List.of(name, name.replace("-idx", ".idx"))) { // some unpack to a dot there
                    candidates.add(place.resolve(written + ".gz"));
                    candidates.add(place.resolve(written));
                }
            }
            files.add(candidates.stream()
                    .filter(Files::isRegularFile)
                    .findFirst()
                    .orElseThrow(() -> new DataException(source.name + ": there is no " + name + ".gz in " + folder
                            + "\n  rule: the folder holds " + String.join(", ", FILES) + ", with or without .gz")));
        }
        return of(source, files);
    }

    private static Digits of(Source source, List<Path> files) {
        return new Digits(part(source, files.get(0), files.get(1)), part(source, files.get(2), files.get(3)));
    }

    private static Dataset part(Source source, Path pictures, Path labels) {
        Tensor x = Idx.read(pictures);
        Tensor y = Idx.read(labels);
        if (x.rank() != 3 || y.rank() != 1 || x.dim(0) != y.dim(0) || x.dtype() != DType.U8 || y.dtype() != DType.U8) {
            throw new DataException(pictures + " holds " + x.shape() + " " + x.dtype() + " and " + labels + " "
                    + y.shape() + " " + y.dtype()
                    + "\n  rule: pictures (n, height, width) and labels (n), both of unsigned bytes");
        }
        if (y.size() == 0) {
            throw new DataException(pictures + " holds no picture\n  rule: at least one");
        }
        if (y.max().item() >= source.classes.size()) {
            throw new DataException(labels + " holds the label "
                    + (long) y.max().item() + "\n  rule: labels are 0 .. " + (source.classes.size() - 1));
        }
        return Pictures.of(x, y, source.classes);
    }
}

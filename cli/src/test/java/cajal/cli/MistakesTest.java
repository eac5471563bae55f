package cajal.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import cajal.data.Digits;
import cajal.format.Npy;
import cajal.tensor.Tensor;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/// Whatever a person gets wrong: one message that says what, the rule and the fix, exit code 2, nothing as a
/// result, no trace.
class MistakesTest extends CommandLineFixture {
    private void mistake(String message, String... words) {
        Ran ran = cajal(words);
        assertThat(ran.err().strip()).isEqualTo(message.strip());
        assertThat(ran.code()).isEqualTo(2);
        assertThat(ran.out()).isEmpty();
        assertThat(folder.resolve("runs")).as("nothing is begun").doesNotExist();
    }

    @Test
    void anUnknownCommandIsSuggested() {
        mistake("""
                cajal: there is no command 'trian'
                  fix:  did you mean 'train'? `cajal --help` shows what there is""", "trian");
    }

    @Test
    void anUnknownOptionIsSuggested() {
        mistake("""
                cajal train: there is no option '--epcohs'
                  fix:  did you mean '--epochs'? `cajal train --help` shows what there is""", "train", "--epcohs", "3");
    }

    @Test
    void aWordTooManyIsNamed() {
        mistake("""
                cajal train: 'mnist' is one word too many
                  fix:  `cajal train --help` shows what there is""", "train", "iris", "mnist");
    }

    @Test
    void anUnknownDataSetIsSuggested() {
        mistake("""
                cajal train: there is no data set 'mnits'
                  rule: it is one of digits, mnist, fashion-mnist, kmnist, cifar10, iris, blobs, circles, moons, xor, spiral, sine
                  fix:  did you mean 'mnist'?""", "train", "mnits");
    }

    @Test
    void aMissingCsvFileIsNamed() {
        mistake("""
                cajal train: there is no file 'nowhere.csv'
                  rule: DATA is a name (`cajal datasets` lists them) or a CSV file""", "train", "nowhere.csv");
    }

    @Test
    void aMissingModelIsNamed() {
        mistake("""
                cajal info: there is no file 'nowhere.safetensors'
                  rule: a tensor file, or the folder of a run""", "info", "nowhere.safetensors");
        mistake("""
                cajal predict: there is no file 'nowhere.safetensors'
                  rule: a model is a file that `cajal train` wrote, or the folder of a run
                  fix:  ./cajal train makes one""", "predict", "nowhere.safetensors", "seven.png");
        mistake("""
                cajal eval: there is no model in runs/
                  rule: without a MODEL, the newest one in runs/ is used
                  fix:  ./cajal train makes one""", "eval");
    }

    @Test
    void aMissingPictureIsNamed() {
        pictureModel("m.safetensors");
        mistake("""
                cajal predict: there is no file 'seven.png'
                  rule: pictures (png, jpg), csv or npy files can be predicted""", "predict", "m.safetensors", "seven.png");
    }

    @Test
    void aFileThatIsNoPictureIsNamed() {
        pictureModel("m.safetensors");
        file("seven.png", "not a picture");
        mistake("""
                cajal predict: seven.png is no picture that can be read
                  rule: a PNG, JPEG, GIF or BMP file""", "predict", "m.safetensors", "seven.png");
    }

    @Test
    void aTruncatedIdxFileIsNamed() throws Exception {
        idx("digits", Digits.handwriting(20, 20, 1).train(), 28);
        Path file = folder.resolve("digits/train-images-idx3-ubyte");
        Files.write(file, Arrays.copyOf(Files.readAllBytes(file), 5000));
        mistake("""
                cajal train: digits/train-images-idx3-ubyte is no whole IDX file: it holds 4984 bytes of elements
                  rule: its header announces 15680
                  fix:  get the file again""", "train", "mnist", "--data-dir", "digits");
    }

    @Test
    void aFolderWithoutTheFilesIsNamed() {
        mistake("""
                cajal train: --data-dir: there is no folder 'nowhere'
                  rule: the folder with the data set's files""", "train", "mnist", "--data-dir", "nowhere");
    }

    @Test
    void aTextInAColumnOfNumbersIsNamed() {
        file("houses.csv", "rooms,price", "3,100", "four,120", "5,150", "2,80", "1,60");
        mistake("""
                cajal train: houses.csv, line 3, column 'rooms': 'four' is no number
                  rule: a column that begins with a number holds numbers
                  fix:  correct the cell, or write all of the column as text""", "train", "houses.csv");
    }

    @Test
    void anUnknownTargetColumnIsNamed() {
        file("houses.csv", "rooms,price", "3,100", "4,120", "5,150");
        mistake(
                "cajal train: houses.csv has no column 'prize'; there are rooms, price",
                "train",
                "houses.csv",
                "--target",
                "prize");
    }

    @Test
    void aPictureOfAnotherSizeIsNamed() {
        pictureModel("m.safetensors");
        Npy.write(folder.resolve("small.npy"), Tensor.zeros(27, 27));
        mistake("""
                cajal predict: small.npy has the shape (27, 27), the model reads (1, 28, 28)
                  rule: one input of that shape, or (N, …) of them""", "predict", "m.safetensors", "small.npy");
    }

    @Test
    void picturesOfAnotherSizeDoNotFitTheModel() {
        pictureModel("m.safetensors");
        idx("small", Digits.handwriting(20, 20, 1).train(), 20);
        mistake("""
                cajal eval: the model m.safetensors and the data 'mnist' do not fit: the model reads inputs of shape (1, 28, 28), the data have (1, 20, 20)
                  rule: both have the same shape""", "eval", "m.safetensors", "mnist", "--data-dir", "small");
    }

    @Test
    void aModelAndDataThatDoNotFitAreNamed() {
        pictureModel("m.safetensors");
        mistake("""
                cajal eval: the model m.safetensors and the data 'iris' do not fit: the model reads inputs of shape (1, 28, 28), the data have (4)
                  rule: both have the same shape""", "eval", "m.safetensors", "iris");
    }

    @Test
    void aTableForAModelOfPicturesIsRefused() {
        pictureModel("m.safetensors");
        file("flowers.csv", "a,b", "1,2");
        mistake("""
                cajal predict: the model m.safetensors reads no tables: its inputs have the shape (1, 28, 28)
                  rule: CSV files go with models that were trained on one""", "predict", "m.safetensors", "flowers.csv");
    }

    @Test
    void aNegativeLearningRateIsExplained() {
        mistake("""
                cajal train: --lr is -0.5
                  rule: a finite number above 0
                  fix:  the update already goes against the gradient, so write --lr 0.5""", "train", "iris", "--lr", "-0.5");
    }

    @Test
    void layerSizesThatDoNotFitAreCorrected() {
        mistake("""
                cajal train: --model 5-8-2 does not fit iris
                  rule: the first size is the input's, 4; the last is the number of classes, 3
                  fix:  --model 4-8-3""", "train", "iris", "--model", "5-8-2");
    }

    @Test
    void aSizeThatIsNoNumberIsNamed() {
        mistake("""
                cajal train: --model 4-x-3: 'x' is no size
                  rule: numbers of at least 1 with - between, as in 4-128-3""", "train", "iris", "--model", "4-x-3");
    }

    @Test
    void unknownNamesAreSuggested() {
        mistake("""
                cajal train: --model: there is no network 'mpl'
                  rule: it is one of mlp, linear, lenet, cnn, keras-cnn, resnet20, or sizes as in 4-128-3
                  fix:  did you mean 'mlp'?""", "train", "iris", "--model", "mpl");
        mistake("""
                cajal train: --optimizer: There is no optimiser 'adm'
                  rule: it is one of sgd, momentum, nesterov, adam, adamw, rmsprop, adagrad, adadelta, adamax, nadam, radam, amsgrad, lion, rprop, asgd, lamb, lars, adafactor, muon, schedulefree, lbfgs
                  fix:  did you mean 'adam'?""", "train", "iris", "--optimizer", "adm");
        assertThat(cajal("train", "iris", "--activation", "rleu").err())
                .startsWith("cajal train: --activation: Unknown activation 'rleu'")
                .contains("did you mean 'relu'?");
        assertThat(cajal("train", "iris", "--loss", "croos-entropy").err()).contains("did you mean 'cross-entropy'?");
        assertThat(cajal("train", "iris", "--schedule", "cosin").err()).contains("did you mean 'cosine'?");
        assertThat(cajal("train", "iris", "--init", "he-norml").err()).contains("did you mean 'he-normal'?");
    }

    @Test
    void numbersOutOfRangeAreExplained() {
        mistake("""
                cajal train: --batch is '0'
                  rule: a number of samples of at least 1, or all""", "train", "iris", "--batch", "0");
        mistake("""
                cajal train: --epochs is 0
                  rule: at least 1""", "train", "iris", "--epochs", "0");
        mistake("""
                cajal train: --val is 1.5
                  rule: a share of at least 0 and below 1, as in 0.1""", "train", "iris", "--val", "1.5");
        assertThat(cajal("train", "iris", "--threads", "0").code()).isEqualTo(2);
    }

    @Test
    void aLossThatNeedsClassesIsRefusedForValues() {
        mistake("""
                cajal train: --loss cross-entropy needs classes, but the target is a column of values
                  rule: for values there are mse, l1, huber, smooth-l1, log-cosh, quadratic, msle, mape, poisson-nll
                  fix:  --loss mse""", "train", "sine", "--loss", "cross-entropy");
    }

    @Test
    void corruptModelsAreRefused() {
        bytes("broken.safetensors", new byte[] {-1, -1, -1, -1, -1, -1, -1, 127, '{'});
        file("text.safetensors", "hello");
        for (String command : new String[] {"info", "eval"}) {
            for (String name : new String[] {"broken.safetensors", "text.safetensors"}) {
                Ran ran = cajal(command, name);
                assertThat(ran.code()).as("%s %s: %s", command, name, ran.err()).isEqualTo(2);
                assertThat(ran.err())
                        .startsWith("cajal " + command + ": " + name)
                        .contains("rule:")
                        .doesNotContain("\tat ");
                assertThat(ran.out()).isEmpty();
            }
        }
    }

    @Test
    @DisplayName("A file of tensors that is no model is said to be one")
    void tensorsWithoutANetAreNoModel() {
        cajal.format.Safetensors.write(folder.resolve("t.safetensors"), java.util.Map.of("a", Tensor.zeros(2)));
        Ran ran = cajal("eval", "t.safetensors", "iris");
        assertThat(ran.code()).isEqualTo(2);
        assertThat(ran.err()).contains("holds tensors, but no description of a network");
        assertThat(cajal("info", "t.safetensors").out()).contains("(2)").contains("F32");
    }

    @Test
    void anOutThatIsAFileIsRefusedBeforeTraining() {
        file("taken", "x");
        Ran ran = cajal("train", "iris", "--out", "taken", "--epochs", "1");
        assertThat(ran.code()).isEqualTo(2);
        assertThat(ran.err()).isEqualTo("""
                cajal train: --out taken: nothing can be kept there: %s is a file, no folder
                  rule: a run needs a folder that may be written to, with room for 201 kB; nothing was trained yet
                  fix:  choose another one: --out DIR
                """.formatted(folder.resolve("taken")).replace(folder + "/", ""));
    }

    @Test
    void anOutThatCannotBeWrittenIsRefusedBeforeTraining() {
        assumeTrue(Files.isDirectory(Path.of("/proc/self")), "needs a folder in which nobody may write: /proc");
        Ran ran = cajal("train", "iris", "--out", "/proc/self/cajal", "--epochs", "1");
        assertThat(ran.code()).isEqualTo(2);
        assertThat(ran.err())
                .startsWith("cajal train: --out /proc/self/cajal: nothing can be kept there")
                .contains("nothing was trained yet");
        assertThat(ran.err()).doesNotContain("epoch 1");
    }

    @Test
    void anOutThatHoldsARunIsNotOverwritten() {
        assertThat(cajal("train", "iris", "--out", "mine", "--epochs", "1", "-q")
                        .code())
                .isZero();
        mistake("""
                cajal train: --out mine holds a run already (checkpoint.safetensors)
                  rule: a run never overwrites another one
                  fix:  cajal train --resume mine goes on with it, or choose another folder""", "train", "iris", "--out", "mine", "--epochs", "1");
    }

    @Test
    void resumeTakesNoOtherSettings() {
        assertThat(cajal("train", "iris", "--out", "mine", "--epochs", "1", "-q")
                        .code())
                .isZero();
        mistake("""
                cajal train: --lr with --resume
                  rule: a run goes on with the settings that it began with; only --epochs, --threads and --data-dir may change
                  fix:  leave it out, or begin another run without --resume""", "train", "--resume", "mine", "--lr", "0.1");
        mistake("""
                cajal train: --resume nowhere: there is no such folder
                  rule: it is the folder of a run, as `cajal train` makes it""", "train", "--resume", "nowhere");
    }

    @Test
    void aFailureShowsItsTraceOnlyWhenAsked() {
        String[] words = {"train", "sine", "--lr", "1e30", "--optimizer", "sgd", "--epochs", "2", "--out", "a"};
        Ran ran = cajal(words);
        assertThat(ran.code()).isEqualTo(1);
        assertThat(ran.err())
                .contains("first bad number:")
                .contains("(with --stacktrace it shows where)")
                .doesNotContain("\tat ");
        words[words.length - 1] = "b";
        String[] asked = Arrays.copyOf(words, words.length + 1);
        asked[words.length] = "--stacktrace";
        assertThat(cajal(asked).err()).contains("\tat cajal.train");
    }
}

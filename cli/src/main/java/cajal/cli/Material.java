package cajal.cli;

import cajal.data.Dataset;
import cajal.data.TextWindows;
import java.util.Map;
import java.util.Optional;

/// Data made ready for a network.
///
/// @param name what it is called in messages
/// @param train what is trained on, validation samples included
/// @param test what is measured at the end, never trained on
/// @param input how raw data become the network's input, as a saved model keeps it
/// @param targetMean what was subtracted from values to be predicted; 0 for classes
/// @param targetScale what they were divided by then; 1 for classes
/// @param remark what a person should know about it; may be empty
/// @param text the text, if it is one
record Material(
        String name,
        Dataset train,
        Dataset test,
        Map<String, Object> input,
        double targetMean,
        double targetScale,
        String remark,
        Optional<Text> text) {
    /// Samples of classes, or values as they are.
    static Material of(String name, Dataset train, Dataset test, Map<String, Object> input) {
        return new Material(name, train, test, input, 0, 1, "", Optional.empty());
    }

    /// The same with a remark.
    Material remark(String remark) {
        return new Material(name, train, test, input, targetMean, targetScale, remark, text);
    }

    /// With the data that a run with these settings sees: of a text, windows.
    Material cut(Settings settings) {
        if (text.isEmpty()) {
            return this;
        }
        TextWindows train = text.get().train(settings);
        TextWindows rest = text.get().validation(settings);
        return new Material(name, train, rest, input, targetMean, targetScale, remark, text);
    }

    /// Whether classes are told apart, not values predicted.
    boolean isClasses() {
        return !train.classes().isEmpty();
    }

    /// The number of classes, of values, or of different characters.
    long outputs() {
        if (text.isPresent()) {
            return text.get().tokenizer().size();
        }
        if (isClasses()) {
            return train.classes().size();
        }
        var targets = train.batch(0).targets();
        return targets.rank() < 2 ? 1 : targets.dim(1);
    }

    /// Whether it is a text, to be continued.
    boolean isText() {
        return text.isPresent();
    }

    /// Whether inputs are pictures.
    boolean isPictures() {
        return train.inputShape().rank() >= 2;
    }
}

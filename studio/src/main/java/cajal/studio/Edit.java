package cajal.studio;

import cajal.tensor.Param;
import cajal.tensor.Tensor;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/// A weight that was set by hand: `120*0.weight*3*0.5` after 120 steps sets the fourth number of `0.weight`
/// to 0.5.
///
/// @param step how many steps were made before it
/// @param path the parameter
/// @param index which of its numbers, from 0, row by row
/// @param value what it becomes
record Edit(long step, String path, int index, float value) {
    private static final int MOST = 100;

    /// The edits of a text, in order.
    ///
    /// **Throws** [StudioException] if it makes no sense, or they are too many.
    static List<Edit> all(String text) {
        List<Edit> all = new ArrayList<>();
        for (String edit : text.isEmpty() ? new String[0] : text.split(",", -1)) {
            String[] words = edit.split("\\*", -1);
            try {
                Edit e = new Edit(
                        Long.parseLong(words[0]), words[1], Integer.parseInt(words[2]), Float.parseFloat(words[3]));
                if (e.step < 0 || !Float.isFinite(e.value) || !all.isEmpty() && all.getLast().step > e.step) {
                    throw new StudioException("The edit '" + edit + "' makes no sense\n  rule: steps ascend from 0");
                }
                all.add(e);
            } catch (NumberFormatException | ArrayIndexOutOfBoundsException e) {
                throw new StudioException("The edit '" + edit + "' cannot be read\n  rule: step*path*index*value");
            }
        }
        if (all.size() > MOST) {
            throw new StudioException(all.size() + " weights were set by hand\n  rule: at most " + MOST);
        }
        return all;
    }

    static String text(List<Edit> edits) {
        return String.join(
                ",",
                edits.stream()
                        .map(e -> e.step + "*" + e.path + "*" + e.index + "*" + e.value)
                        .toList());
    }

    /// Sets the weight.
    ///
    /// **Throws** [StudioException] if there is none there.
    void apply(Map<String, Param> params) {
        Param p = params.get(path);
        if (p == null || index < 0 || index >= p.size()) {
            throw new StudioException(
                    "There is no weight " + index + " in '" + path + "'\n  rule: the network has " + params.keySet());
        }
        float[] values = p.toFloats();
        values[index] = value;
        p.set(Tensor.of(values).reshape(p.shape().dims()));
    }
}

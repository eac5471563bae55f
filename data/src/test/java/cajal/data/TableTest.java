package cajal.data;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import cajal.data.Columns.Missing;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class TableTest {
    @TempDir
    Path folder;

    private Table table(String... lines) throws IOException {
        return Table.read(Files.writeString(folder.resolve("made.csv"), String.join("\n", lines) + "\n"));
    }

    private void refused(String text, String... words) throws IOException {
        Path file = Files.writeString(folder.resolve("made.csv"), text);
        assertThatThrownBy(() -> Columns.fit(Table.read(file), "", Missing.REFUSE))
                .isInstanceOf(DataException.class)
                .hasMessageContaining("made.csv")
                .satisfies(e ->
                        assertThat(List.of(words)).allSatisfy(w -> assertThat(e).hasMessageContaining(w)));
    }

    // ---- known tables

    @Test
    void theIrisesAreFishers() {
        Table iris = Table.iris();
        assertThat(iris.rows()).hasSize(150);
        Columns columns = Columns.fit(iris, "", Missing.REFUSE);
        assertThat(columns.width()).isEqualTo(4);
        Dataset data = columns.dataset(iris);
        for (long c = 0; c < 3; c++) {
            long label = c;
            assertThat(Arrays.stream(data.all().targets().toLongs())
                            .filter(y -> y == label)
                            .count())
                    .isEqualTo(50);
        }
        double sum = 0;
        for (Table.Row row : iris.rows()) {
            for (int i = 0; i < 4; i++) {
                sum += Double.parseDouble(row.cells().get(i));
            }
        }
        assertThat(sum).isCloseTo(2078.7, within(1e-9)); // the sum of all lengths in Fisher's paper
        assertThat(iris.rows().get(34).cells().subList(0, 4)).containsExactly("4.9", "3.1", "1.5", "0.2");
        assertThat(iris.rows().get(37).cells().subList(0, 4)).containsExactly("4.9", "3.6", "1.4", "0.1");
    }

    @Test
    void theEmbeddedIrisesAreThoseOfTheCollection() {
        Table ours = Table.iris();
        Table theirs = Table.read(SharedData.path("tabular/iris.csv"));
        for (int i = 0; i < 150; i++) {
            for (int c = 0; c < 4; c++) {
                assertThat(Double.parseDouble(ours.rows().get(i).cells().get(c)))
                        .as("row %d, column %d", i, c)
                        .isEqualTo(
                                Double.parseDouble(theirs.rows().get(i).cells().get(c)));
            }
        }
    }

    @Test
    void knownTablesHaveTheirKnownMeans() {
        Table wine = Table.read(SharedData.path("tabular/wine.csv"));
        Columns columns = Columns.fit(wine, "cultivar", Missing.REFUSE);
        assertThat(columns.width()).isEqualTo(13);
        assertThat(columns.classes()).containsExactly("0", "1", "2");
        assertThat(columns.inputs().getFirst().mean()).isCloseTo(13.00061798, within(5e-9));
        long[] labels = columns.dataset(wine).all().targets().toLongs();
        assertThat(Arrays.stream(labels).filter(y -> y == 1).count()).isEqualTo(71);

        Table cancer = Table.read(SharedData.path("tabular/breast-cancer.csv"));
        Columns of = Columns.fit(cancer, "benign", Missing.REFUSE);
        assertThat(of.inputs().getFirst().mean()).isCloseTo(14.12729174, within(5e-9));
        assertThat(of.classes()).containsExactly("0", "1");

        Table diabetes = Table.read(SharedData.path("tabular/diabetes.csv"));
        Columns values = Columns.fit(diabetes, "progression", Missing.REFUSE);
        assertThat(values.classes()).isEmpty();
        assertThat(values.target().orElseThrow().mean()).isCloseTo(152.13348416, within(5e-9));
        Dataset data = values.dataset(diabetes);
        assertThat(data.all().inputs().shape().dims()).containsExactly(442, 10);
        assertThat(data.all().targets().shape().dims()).containsExactly(442, 1);
    }

    // ---- encoding

    @Test
    void numbersAreStandardisedTextsBecomeOneInputACategoryAndTheTargetClasses() throws IOException {
        Table t = table("length,colour,kind", "1,red,a", "3,blue,b", "1,green,a", "3,red,b");
        Columns columns = Columns.fit(t, "kind", Missing.REFUSE);
        assertThat(columns.width()).isEqualTo(4);
        assertThat(columns.classes()).containsExactly("a", "b");
        Batch all = columns.dataset(t).all();
        assertThat(all.inputs().toFloats())
                .containsExactly(-1, 0, 0, 1, 1, 1, 0, 0, -1, 0, 1, 0, 1, 0, 0, 1); // blue, green, red
        assertThat(all.targets().toLongs()).containsExactly(0, 1, 0, 1);
    }

    @Test
    void theTargetIsFoundByNameByNumberOrIsTheLastColumn() throws IOException {
        Table t = table("y,x", "a,1", "b,2");
        assertThat(Columns.fit(t, "y", Missing.REFUSE).classes()).containsExactly("a", "b");
        assertThat(Columns.fit(t, "0", Missing.REFUSE).classes()).containsExactly("a", "b");
        assertThat(Columns.fit(t, "", Missing.REFUSE).target().orElseThrow().name())
                .isEqualTo("x");
        assertThatThrownBy(() -> Columns.fit(t, "z", Missing.REFUSE))
                .isInstanceOf(DataException.class)
                .hasMessageContainingAll("no column 'z'", "y, x");
        assertThatThrownBy(() -> Columns.fit(t, "2", Missing.REFUSE)).isInstanceOf(DataException.class);
    }

    @Test
    void aTargetOfFewWholeNumbersIsAClassAndOthersAreValues() throws IOException {
        assertThat(Columns.fit(table("x,y", "1,0", "2,1", "3,0", "4,1"), "", Missing.REFUSE)
                        .classes())
                .containsExactly("0", "1");
        assertThat(Columns.fit(table("x,y", "1,0", "2,1", "3,0", "4,1.5"), "", Missing.REFUSE)
                        .classes())
                .isEmpty();
        assertThat(Columns.fit(table("x,y", "1,0", "2,2", "3,0", "4,2"), "", Missing.REFUSE)
                        .classes())
                .isEmpty();
        assertThat(Columns.fit(table("x,y", "1,10", "2,20", "3,30"), "", Missing.REFUSE)
                        .classes())
                .isEmpty();
    }

    @Test
    void newRowsAreTreatedAsTheTrainingRowsWere() throws IOException {
        Table train = table("length,colour,kind", "1,red,a", "3,blue,b");
        Columns kept = Columns.of(Columns.fit(train, "kind", Missing.REFUSE).toMap());
        Table rows = table("colour,length", "blue,5"); // another order, no target
        assertThat(kept.inputs(rows).toFloats()).containsExactly(3, 1, 0);
        assertThat(kept.classes()).containsExactly("a", "b");
        assertThatThrownBy(() -> kept.inputs(table("colour,length", "pink,5")))
                .isInstanceOf(DataException.class)
                .hasMessageContainingAll("line 2", "'colour'", "'pink'", "[blue, red]");
        assertThatThrownBy(() -> kept.inputs(table("colour,size", "red,5")))
                .isInstanceOf(DataException.class)
                .hasMessageContaining("no column 'length'");
        assertThatThrownBy(() -> Columns.of(Map.of("inputs", "none"))).isInstanceOf(DataException.class);
        assertThatThrownBy(() -> Columns.of(Map.of())).isInstanceOf(DataException.class);
    }

    @Test
    void aColumnOfEqualNumbersBecomesZero() throws IOException {
        Table t = table("x,c,y", "1,7,a", "2,7,b");
        assertThat(Columns.fit(t, "", Missing.REFUSE).dataset(t).all().inputs().toFloats())
                .containsExactly(-1, 0, 1, 0);
    }

    // ---- missing values

    @Test
    void missingValuesAreRefusedWithLineAndColumn() throws IOException {
        refused("x,colour,y\n1,red,a\n2,,b\n", "line 3", "'colour'", "fix:");
        refused("x,colour,y\n1,red,a\nNA,red,b\n", "line 3", "'x'");
        refused("x,colour,y\n1,red,a\n2,blue,?\n", "line 3", "'y'");
    }

    @Test
    void missingNumbersGetTheMeanAndMissingTextsACategory() throws IOException {
        Table t = table("x,colour,y", "1,red,a", "?,red,b", "5,,a");
        Columns columns = Columns.fit(t, "", Missing.MEAN);
        assertThat(columns.width()).isEqualTo(3);
        float[] x = columns.dataset(t).all().inputs().toFloats();
        assertThat(x[3]).isZero();
        assertThat(x[0]).isEqualTo(-x[6]).isNotZero();
        assertThatThrownBy(() -> Columns.fit(table("x,y", "1,a", "2,"), "", Missing.MEAN))
                .as("a target is never made up")
                .isInstanceOf(DataException.class)
                .hasMessageContaining("line 3");
    }

    @Test
    void rowsWithMissingValuesAreLeftOut() throws IOException {
        Table t = table("x,colour,y", "1,red,a", "?,red,b", "5,,a", "7,blue,b", "9,red,");
        Columns columns = Columns.fit(t, "", Missing.DROP);
        assertThat(columns.dataset(t).size()).isEqualTo(2);
        assertThat(columns.classes()).containsExactly("a", "b");
    }

    // ---- the form

    @Test
    void quotesSpacesMarksAndLineEndsAreUnderstood() throws IOException {
        Path file = folder.resolve("made.csv");
        Files.write(
                file,
                "\uFEFFname, size,y\r\n\"red, dark\", 1.5e0 ,a\r\n\"two\nlines\",-2,b\r\n"
                        .getBytes(StandardCharsets.UTF_8));
        Table t = Table.read(file);
        assertThat(t.header()).containsExactly("name", "size", "y");
        assertThat(t.rows().get(0).cells()).containsExactly("red, dark", "1.5e0", "a");
        assertThat(t.rows().get(1).cells()).containsExactly("two\nlines", "-2", "b");
        assertThat(t.rows().get(1).line()).isEqualTo(3);
        assertThat(Columns.fit(t, "", Missing.REFUSE).width()).isEqualTo(3);
    }

    @Test
    void aTextInAColumnOfNumbersIsNamedWithLineAndColumn() throws IOException {
        refused("length,width,kind\n1,2,a\n3,4,b\n5,six,a\n", "line 4", "column 'width'", "'six'", "fix:");
        refused("length,kind\n1,a\n1e999,b\n", "line 3", "'1e999'");
        refused("length,kind\n1,a\n2f,b\n", "line 3", "'2f'");
    }

    @Test
    void faultsOfFormAreNamed() throws IOException {
        refused("", "no rows");
        refused("a,b\n", "no rows");
        refused("a,b\n1,2\n1,2,3\n", "line 3", "3 cells", "2");
        refused("a,b\n1\n", "line 2", "1 cells");
        refused("a,a\n1,2\n", "line 1", "one name");
        refused("1,2\n3,4\n", "line 1", "'1'", "fix:");
        refused("a,\n3,4\n", "line 1", "''");
        refused("a\n1\n", "one column");
        refused("a;b\n1;2\n", "one column", "commas", "fix:");
        refused("x,y\n,a\n,b\n", "'x'", "no value");
        refused("x,y\n\"1,a\n2,b\n");
    }

    @Test
    void whatIsNoTextIsRefused() throws IOException {
        Path file = Files.write(
                folder.resolve("made.csv"), new byte[] {'a', ',', 'b', '\n', (byte) 0xff, (byte) 0xfe, ',', '1', '\n'});
        assertThatThrownBy(() -> Table.read(file))
                .isInstanceOf(DataException.class)
                .hasMessageContainingAll("made.csv", "UTF-8");
        assertThatThrownBy(() -> Table.read(folder.resolve("nowhere.csv")))
                .isInstanceOf(DataException.class)
                .hasMessageContaining("nowhere.csv");
        assertThatThrownBy(() -> Table.read(folder)).isInstanceOf(DataException.class);
    }

    @Test
    void rowsAreChosenByNumber() throws IOException {
        Table t = table("x,y", "1,a", "2,b", "3,c");
        assertThat(t.rows(2, 0).rows().stream().map(r -> r.cells().get(1))).containsExactly("c", "a");
    }
}

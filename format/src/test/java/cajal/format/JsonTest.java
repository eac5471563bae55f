package cajal.format;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class JsonTest {
    @Test
    void everyKindOfValueIsRead() {
        var o = Json.parseObject(
                " {\"s\":\"a\\n\\u00e9\\ud83d\\ude00\\/é\", \"i\":-12,\"d\":2.5e-3,\"t\":true,\"f\":false,\"n\":null,\"a\":[1,[],{}]}\n",
                "test");
        assertThat(o.keySet()).containsExactly("s", "i", "d", "t", "f", "n", "a");
        assertThat(o).containsEntry("s", "a\né😀/é").containsEntry("i", -12L).containsEntry("d", 0.0025);
        assertThat(o).containsEntry("t", true).containsEntry("f", false).containsEntry("n", Json.NULL);
        assertThat(o).containsEntry("a", List.of(1L, List.of(), Map.of()));
    }

    @Test
    void integersAreExactUpTo64Bits() {
        assertThat(Json.parse("[9223372036854775807,-9223372036854775808,9223372036854775808,0]", "test"))
                .isEqualTo(List.of(Long.MAX_VALUE, Long.MIN_VALUE, 0x1p63, 0L));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                " ",
                "{",
                "[",
                "\"",
                "\"abc",
                "{} x",
                "{}{}",
                "{\"a\":1,}",
                "[1,]",
                "[,1]",
                "[1 2]",
                "{\"a\" 1}",
                "{a:1}",
                "{'a':1}",
                "[01]",
                "[-]",
                "[+1]",
                "[1.]",
                "[.5]",
                "[1e]",
                "[1e+]",
                "[1e999]",
                "[nul]",
                "[nullx]",
                "[truex]",
                "[NaN]",
                "[Infinity]",
                "[/*c*/1]",
                "{\"a\":[1,2}",
                "{\"a\":1,\"a\":2}",
                "{\"a\":1,\"\\u0061\":2}",
                "[\"\\x\"]",
                "[\"\\u12\"]",
                "[\"\\u12g4\"]",
                "[\"a\nb\"]",
                "[\"\t\"]",
                "[\"\\ud800\"]",
                "[\"\\udc00\\ud800\"]",
                "[1-2]",
                "[--1]",
                "[1.2.3]",
                "]",
                "}",
                ",",
                ":",
                "[\"\\",
                "\u00a0[]",
                "\ufeff[]",
                "[0x1]",
                "[1_0]",
                "[\"\\u00",
                "tru",
                "-",
                "[١]"
            })
    void textThatIsNotJsonIsRefused(String text) {
        assertThatThrownBy(() -> Json.parse(text, "place"))
                .isInstanceOf(FormatException.class)
                .hasMessageContainingAll("place", "rule:");
    }

    @Test
    void nestingEndsAtTheLimitAndNotInAStackOverflow() {
        String deep = "[".repeat(Json.MAX_DEPTH) + "]".repeat(Json.MAX_DEPTH);
        assertThat(Json.write(Json.parse(deep, "test"))).isEqualTo(deep);
        assertThatThrownBy(() -> Json.parse("[" + deep + "]", "test"))
                .isInstanceOf(FormatException.class)
                .hasMessageContaining("128 levels");
        assertThatThrownBy(() -> Json.parse("[".repeat(1_000_000), "test")).isInstanceOf(FormatException.class);
        assertThatThrownBy(() -> Json.parse("{\"a\":".repeat(1_000_000), "test"))
                .isInstanceOf(FormatException.class);
        Object nested = List.of();
        for (int i = 0; i < 1000; i++) {
            nested = List.of(nested);
        }
        Object tooDeep = nested;
        assertThatThrownBy(() -> Json.write(tooDeep))
                .isInstanceOf(FormatException.class)
                .hasMessageContaining("128 levels");
    }

    @Test
    void stringsMayBeLong() {
        String s = "graph \"é\" ".repeat(100_000);
        assertThat(Json.parse(Json.write(s), "test")).isEqualTo(s);
    }

    @Test
    void theErrorNamesThePlaceAndTheCharacter() {
        assertThatThrownBy(
                        () -> Json.parse("{\"lr\": 0.1, \"lr\": 0.2}", "model.safetensors, metadata 'cajal.training'"))
                .hasMessage(
                        "model.safetensors, metadata 'cajal.training': the name 'lr' stands twice in one object, at character 16\n  rule: names are unique");
    }

    @Test
    void writtenTextIsCompactAndInTheOrderOfTheMap() {
        var map = new LinkedHashMap<String, Object>();
        map.put("z", 1);
        map.put("a", List.of(0.1, 0.1f, -0.0, 1e300, true, Json.NULL, "q\"\\\u0001\n"));
        map.put("m", Map.of());
        assertThat(Json.write(map))
                .isEqualTo("{\"z\":1,\"a\":[0.1,0.1,-0.0,1.0E300,true,null,\"q\\\"\\\\\\u0001\\n\"],\"m\":{}}");
    }

    @Test
    void aMapWithoutAnOrderIsWrittenInTheOrderOfItsNames() {
        var map = new HashMap<String, Object>();
        List.of("delta", "alpha", "charlie", "bravo").forEach(k -> map.put(k, 1));
        assertThat(Json.write(map)).isEqualTo("{\"alpha\":1,\"bravo\":1,\"charlie\":1,\"delta\":1}");
    }

    @Test
    void whatJsonCannotSayIsRefusedInWords() {
        for (Object o : List.of(Double.NaN, Float.NEGATIVE_INFINITY, "\ud800", new Object(), Map.of(1, 2), 'c')) {
            assertThatThrownBy(() -> Json.write(o))
                    .isInstanceOf(FormatException.class)
                    .hasMessageContaining("rule:");
        }
    }

    @Test
    void randomValuesComeBackAsTheyWere() {
        long seed = 20250101;
        var random = new Random(seed);
        for (int i = 0; i < 500; i++) {
            Object value = value(random, 0);
            assertThat(Json.parse(Json.write(value), "test"))
                    .as("seed %d, value %d", seed, i)
                    .isEqualTo(value);
        }
    }

    private static Object value(Random random, int depth) {
        return switch (random.nextInt(depth > 4 ? 5 : 7)) {
            case 0 -> random.nextLong() >> random.nextInt(64);
            case 1 -> random.nextGaussian() * Math.pow(10, random.nextInt(-300, 300));
            case 2 -> random.nextBoolean();
            case 3 -> Json.NULL;
            case 4 ->
                random.ints(random.nextInt(8), 0, 0xd800)
                        .collect(StringBuilder::new, StringBuilder::appendCodePoint, StringBuilder::append)
                        .toString();
            case 5 ->
                random.ints(random.nextInt(5))
                        .mapToObj(_ -> value(random, depth + 1))
                        .toList();
            default -> {
                var map = new LinkedHashMap<String, Object>();
                for (int i = random.nextInt(5); i > 0; i--) {
                    map.put("k" + random.nextInt(), value(random, depth + 1));
                }
                yield map;
            }
        };
    }
}

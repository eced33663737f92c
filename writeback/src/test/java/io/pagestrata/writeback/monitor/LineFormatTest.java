// SPDX-License-Identifier: Apache-2.0
package io.pagestrata.writeback.monitor;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import java.io.IOException;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;

class LineFormatTest {
  /** Reads one flat object, strictly. */
  private static Map<String, String> parse(String json) throws IOException {
    Map<String, String> values = new HashMap<>();
    try (JsonParser parser = new JsonFactory().createParser(json)) {
      assertThat(parser.nextToken()).isEqualTo(JsonToken.START_OBJECT);
      while (parser.nextToken() != JsonToken.END_OBJECT) {
        String name = parser.currentName();
        parser.nextToken();
        assertThat(values.put(name, parser.getText())).as(name).isNull();
      }
      assertThat(parser.nextToken()).isNull();
    }
    return values;
  }

  private static MonitorEvent batch() {
    return new MonitorEvent(EventKind.BATCH)
        .with(Field.TIER, "ram")
        .with(Field.PAGES, 712)
        .with(Field.PAYLOAD, 1 << 20)
        .with(Field.RATIO, 2.8066)
        .with(Field.RATE, 912.34)
        .with(Field.TOOK, 1_234_567);
  }

  @Test
  void lineForPeopleIsAlignedAndSplitsAtBlanks() {
    assertThat(LineFormat.forPeople(batch()))
        .isEqualTo(
            "batch          tier=ram       pages=712      payload=1.0MiB ratio=2.81     "
                + "rate=870.1MiB/s took=1.23ms");
  }

  @Test
  void jsonHasUnitsInNames() throws IOException {
    assertThat(parse(LineFormat.json(batch())))
        .containsOnly(
            Map.entry("event", "batch"),
            Map.entry("tier", "ram"),
            Map.entry("pages", "712"),
            Map.entry("payloadBytes", "1048576"),
            Map.entry("ratio", "2.807"),
            Map.entry("mbPerSecond", "912.340"),
            Map.entry("tookMillis", "1.235"));
  }

  @Test
  void anyTextGivesValidJsonOnOneLine() throws IOException {
    Random random = new Random(42);
    for (int round = 0; round < 2000; round++) {
      StringBuilder text = new StringBuilder();
      for (int i = random.nextInt(12); i > 0; i--) {
        int pick = random.nextInt(4);
        text.append(
            pick == 0
                ? (char) random.nextInt(0x80)
                : pick == 1
                    ? "\"\\\n\r\t\u2028\u0085".charAt(random.nextInt(7))
                    : (char) (pick == 2 ? random.nextInt(0xd800) : 0xd800 + random.nextInt(0x800)));
      }
      String json =
          LineFormat.json(new MonitorEvent(EventKind.ERROR).with(Field.CAUSE, text.toString()));
      assertThat(parse(json)).containsEntry("cause", text.toString());
      assertThat(json.lines()).hasSize(1);
    }
  }

  @Test
  void textWithBlanksStandsInQuotes() {
    assertThat(
            new MonitorEvent(EventKind.TIER_ERROR)
                .with(Field.CAUSE, "IOException: disk \"a\"\nis full")
                .toString())
        .isEqualTo("tier-error     cause=\"IOException: disk \\\"a\\\"\\nis full\"");
  }

  @Test
  void valuesThatAreNotFiniteAreZero() throws IOException {
    MonitorEvent event =
        new MonitorEvent(EventKind.INTERVAL)
            .with(Field.RATIO, 0.0 / 0)
            .with(Field.RATE, Double.POSITIVE_INFINITY);
    assertThat(parse(LineFormat.json(event))).containsEntry("ratio", "0.000");
    assertThat(event.toString()).contains("rate=0.0MiB/s");
  }

  /** As the lines of totals have them, which programs add up. */
  @Test
  void numbersByNameAreObjectsInJson() {
    Map<String, Long> bytes = new LinkedHashMap<>();
    bytes.put("ram", 20_971_521L);
    bytes.put("cold \"tier\"", 7L);
    MonitorEvent event =
        new MonitorEvent(EventKind.INTERVAL)
            .with(Field.ERRORS, Map.of())
            .with(Field.WRITTEN, bytes)
            .with(Field.FILL, Map.of("ram", 0.8437))
            .with(Field.MEAN_MICROS, Map.of("file", 85.25))
            .with(Field.BUDGET, 0.415);
    assertThat(LineFormat.json(event))
        .isEqualTo(
            "{\"event\":\"interval\",\"meanMicros\":{\"file\":85.250},"
                + "\"writtenBytes\":{\"ram\":20971521,\"cold \\\"tier\\\"\":7},"
                + "\"errors\":{},\"fillShare\":{\"ram\":0.844},\"budgetShare\":0.415}");
    assertThat(event.toString())
        .contains("mean-us=file:85.3 ", "fill=ram:84% ", "budget=42%")
        .contains("written=\"ram:20.0MiB,cold \\\"tier\\\":7B\"", "errors=\"\"");
    assertThat(event.number(Field.WRITTEN, "ram")).isEqualTo(20_971_521);
    assertThat(event.number(Field.WRITTEN, "file")).isZero();
    assertThat(event.number(Field.WRITTEN)).as("there are several").isZero();
  }

  @Test
  void largeNumbersKeepTheirUnits() {
    MonitorEvent event =
        new MonitorEvent(EventKind.INTERVAL)
            .with(Field.USED, Long.MAX_VALUE)
            .with(Field.LIMIT, 1023)
            .with(Field.TOOK, 12_345_000_000L);
    assertThat(event.toString()).contains("used=8.0EiB", "limit=1023B", "took=12.35s");
  }
}

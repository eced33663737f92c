// SPDX-License-Identifier: Apache-2.0
package io.pagestrata.daemon.report;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ReportTest {
  private static Report sample() {
    Report report = new Report("demo", "1.2.3");
    report.add(
        new FieldSection("speed", "Speed")
            .add("putsPerSecond", "puts", Unit.PER_SECOND, 1234.5)
            .add("stallNanos", "time they waited", Unit.NANOS, 2_500_000L)
            .add("everyPageRight", "right", Unit.FLAG, true)
            .add("ratio", "no quotient", Unit.RATIO, Double.NaN)
            .add("codec", "codec", Unit.TEXT, "lz4 \"quoted\""));
    report.add(
        new TableSection("tiers", "Tiers")
            .column("tier", "tier", Unit.TEXT)
            .column("zpages", "zpages", Unit.COUNT)
            .column("usedBytes", "used", Unit.BYTES)
            .column("note", null, Unit.TEXT)
            .row("ram", 12_345L, 3L << 20, "for programs only")
            .row("file", 7L, null, null));
    return report;
  }

  @Test
  void peopleGetAlignedText() {
    StringWriter text = new StringWriter();
    sample().print(new PrintWriter(text));
    assertThat(text.toString().replace(System.lineSeparator(), "\n"))
        .isEqualTo(
            """

            Speed
              puts              1,235 /s
              time they waited  2.5 ms
              right             yes
              no quotient       -
              codec             lz4 "quoted"

            Tiers
              tier  zpages     used
              ram   12,345  3.0 MiB
              file       7        -
            """);
  }

  @Test
  void programsGetPlainNumbersUnderFixedNames(@TempDir Path directory) throws IOException {
    Path file = directory.resolve("report.json");
    JsonReport.write(sample(), file);
    assertThat(Files.readString(file))
        .isEqualTo(
            """
            {
              "formatVersion" : 1,
              "command" : "demo",
              "version" : "1.2.3",
              "speed" : {
                "putsPerSecond" : 1234.5,
                "stallNanos" : 2500000,
                "everyPageRight" : true,
                "ratio" : null,
                "codec" : "lz4 \\"quoted\\""
              },
              "tiers" : [ {
                "tier" : "ram",
                "zpages" : 12345,
                "usedBytes" : 3145728,
                "note" : "for programs only"
              }, {
                "tier" : "file",
                "zpages" : 7,
                "usedBytes" : null,
                "note" : null
              } ]
            }
            """);
  }

  @Test
  void unitsFollowTheSizeOfTheNumber() {
    assertThat(Unit.NANOS.show(999)).isEqualTo("999 ns");
    assertThat(Unit.NANOS.show(4_560)).isEqualTo("4.6 us");
    assertThat(Unit.NANOS.show(1_200_000_000L)).isEqualTo("1.2 s");
    assertThat(Unit.BYTES.show(1023)).isEqualTo("1023 B");
    assertThat(Unit.BYTES.show(1L << 40)).isEqualTo("1.0 TiB");
    assertThat(Unit.BYTES_PER_SECOND.show(1536)).isEqualTo("1.5 KiB/s");
  }
}

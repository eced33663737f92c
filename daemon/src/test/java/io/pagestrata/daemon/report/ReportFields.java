// SPDX-License-Identifier: Apache-2.0
package io.pagestrata.daemon.report;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import java.io.IOException;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.TreeMap;

/** Reads reports as a program does. */
public final class ReportFields {
  private ReportFields() {}

  /** Every value by its place, such as {@code /tiers/0/zpages}. */
  public static Map<String, String> of(Report report) throws IOException {
    StringWriter text = new StringWriter();
    JsonReport.write(report, text);
    Map<String, String> fields = new TreeMap<>();
    try (JsonParser json = JsonFactory.builder().build().createParser(text.toString())) {
      for (JsonToken token = json.nextToken(); token != null; token = json.nextToken()) {
        if (token.isScalarValue()) {
          fields.put(json.getParsingContext().pathAsPointer().toString(), json.getText());
        }
      }
    }
    return fields;
  }

  /** Fails unless the documentation names every field in the part about the command. */
  public static void assertExplained(Report report) throws IOException {
    String everything = Files.readString(Path.of("..", "docs", "reports.md"));
    int common = everything.indexOf("\n## ");
    int start = everything.indexOf("\n## " + report.command() + "\n");
    int end = everything.indexOf("\n## ", start + 1);
    String explained =
        everything.substring(0, common)
            + everything.substring(start, end < 0 ? everything.length() : end);
    assertThat(of(report).keySet())
        .isNotEmpty()
        .allSatisfy(
            place ->
                assertThat(explained)
                    .contains("`" + place.substring(place.lastIndexOf('/') + 1) + "`"));
  }
}

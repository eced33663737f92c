// SPDX-License-Identifier: Apache-2.0
package io.pagestrata.daemon.report;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import java.io.IOException;
import java.io.Writer;
import java.lang.reflect.RecordComponent;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.List;

/** Writes statistics as one JSON object, under the names of {@code docs/metrics.md}. Stateless. */
public final class JsonStats {
  private JsonStats() {}

  /**
   * Writes statistics to a file, which is whole at any time.
   *
   * @param stats numbers, texts, and lists and records of them
   * @param file replaced when it exists
   * @throws IOException when the file, or FILE.new beside it, cannot be written
   */
  public static void write(Record stats, Path file) throws IOException {
    Path unfinished = file.resolveSibling(file.getFileName() + ".new");
    try (Writer out = Files.newBufferedWriter(unfinished);
        JsonGenerator json = JsonFactory.builder().build().createGenerator(out)) {
      json.useDefaultPrettyPrinter();
      write(stats, json);
      json.writeRaw('\n');
    }
    Files.move(unfinished, file, StandardCopyOption.ATOMIC_MOVE);
  }

  private static void write(Object value, JsonGenerator json) throws IOException {
    if (value instanceof Record stats) {
      json.writeStartObject();
      for (RecordComponent component : stats.getClass().getRecordComponents()) {
        json.writeFieldName(component.getName());
        write(get(component, stats), json);
      }
      json.writeEndObject();
    } else if (value instanceof List<?> list) {
      json.writeStartArray();
      for (Object element : list) {
        write(element, json);
      }
      json.writeEndArray();
    } else {
      JsonReport.writeValue(json, value);
    }
  }

  private static Object get(RecordComponent component, Record stats) {
    try {
      return component.getAccessor().invoke(stats);
    } catch (ReflectiveOperationException e) {
      throw new IllegalStateException("a public record hides " + component, e);
    }
  }
}

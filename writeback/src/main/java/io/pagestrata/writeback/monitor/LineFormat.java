// SPDX-License-Identifier: Apache-2.0
package io.pagestrata.writeback.monitor;

import java.time.Instant;
import java.time.format.DateTimeFormatter;
import java.time.format.DateTimeFormatterBuilder;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Collectors;

/**
 * Writes an event as one line, for people or as one JSON object. Stateless.
 *
 * <p>Time comes first in both, in UTC with milliseconds; an event that was not told yet has none.
 *
 * <p>One number for each of several names is {@code ram:9,file:2} for people and an object in JSON.
 *
 * <p>A line for people is the time, the kind, padded to one width, then {@code name=value} pairs; a
 * text with blanks or quotes stands in JSON quotes, so that a line always splits the same way.
 */
final class LineFormat {
  private static final int KIND_WIDTH = 15;
  private static final int PAIR_WIDTH = 15;
  private static final double MIB = 1 << 20;
  private static final String[] BYTE_UNITS = {"B", "KiB", "MiB", "GiB", "TiB", "PiB", "EiB"};

  private static final DateTimeFormatter TIME =
      new DateTimeFormatterBuilder().appendInstant(3).toFormatter(Locale.ROOT);

  private LineFormat() {}

  static String forPeople(MonitorEvent event) {
    StringBuilder line = new StringBuilder(160);
    Instant time = event.time();
    if (time != null) {
      TIME.formatTo(time, line);
      line.append(' ');
    }
    int kindStart = line.length();
    line.append(event.kind().label());
    pad(line, kindStart + KIND_WIDTH);
    for (Field field : event.fields()) {
      int start = line.length();
      line.append(field.label()).append('=');
      appendForPeople(line, field, event.value(field));
      pad(line, start + PAIR_WIDTH);
    }
    line.setLength(line.toString().stripTrailing().length());
    return line.toString();
  }

  private static void pad(StringBuilder line, int length) {
    do {
      line.append(' ');
    } while (line.length() < length);
  }

  private static void appendForPeople(StringBuilder line, Field field, Object value) {
    String text =
        value instanceof Map<?, ?> byName
            ? byName.entrySet().stream()
                .map(it -> it.getKey() + ":" + forPeople(field, it.getValue()))
                .collect(Collectors.joining(","))
            : forPeople(field, value);
    if (text.isEmpty() || text.chars().anyMatch(c -> c <= ' ' || c == '"' || c == '=')) {
      appendQuoted(line, text);
    } else {
      line.append(text);
    }
  }

  private static String forPeople(Field field, Object value) {
    return value instanceof Number number
        ? switch (field.unit()) {
          case TEXT, COUNT -> String.valueOf(number.longValue());
          case BYTES -> bytes(number.longValue());
          case DURATION -> duration(number.longValue());
          case RATIO -> decimals(number.doubleValue(), 2);
          case SHARE -> Math.round(100 * number.doubleValue()) + "%";
          case MICROS -> decimals(number.doubleValue(), 1);
          case RATE -> decimals(number.doubleValue() * 1e6 / MIB, 1) + "MiB/s";
        }
        : value.toString();
  }

  private static String bytes(long bytes) {
    double value = bytes;
    int unit = 0;
    while (Math.abs(value) >= 1024 && unit < BYTE_UNITS.length - 1) {
      value /= 1024;
      unit++;
    }
    return unit == 0 ? bytes + "B" : decimals(value, 1) + BYTE_UNITS[unit];
  }

  private static String duration(long nanos) {
    return nanos < 1_000_000_000L
        ? decimals(nanos / 1e6, 2) + "ms"
        : decimals(nanos / 1e9, 2) + "s";
  }

  private static String decimals(double value, int digits) {
    return String.format(Locale.ROOT, "%." + digits + "f", value);
  }

  static String json(MonitorEvent event) {
    StringBuilder line = new StringBuilder(240);
    line.append('{');
    Instant time = event.time();
    if (time != null) {
      line.append("\"time\":\"");
      TIME.formatTo(time, line);
      line.append("\",");
    }
    line.append("\"event\":");
    appendQuoted(line, event.kind().label());
    for (Field field : event.fields()) {
      line.append(',');
      appendQuoted(line, field.jsonName());
      line.append(':');
      appendJson(line, field, event.value(field));
    }
    return line.append('}').toString();
  }

  private static void appendJson(StringBuilder line, Field field, Object value) {
    if (value instanceof Map<?, ?> byName) {
      char before = '{';
      for (Map.Entry<?, ?> one : byName.entrySet()) {
        line.append(before);
        appendQuoted(line, one.getKey().toString());
        line.append(':');
        appendJson(line, field, one.getValue());
        before = ',';
      }
      line.append(byName.isEmpty() ? "{}" : "}");
    } else if (value instanceof Number number) {
      line.append(
          switch (field.unit()) {
            case TEXT, COUNT, BYTES -> String.valueOf(number.longValue());
            case DURATION -> decimals(number.longValue() / 1e6, 3);
            case RATIO, SHARE, MICROS, RATE -> decimals(number.doubleValue(), 3);
          });
    } else {
      appendQuoted(line, value.toString());
    }
  }

  private static void appendQuoted(StringBuilder line, String text) {
    line.append('"');
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      switch (c) {
        case '"' -> line.append("\\\"");
        case '\\' -> line.append("\\\\");
        case '\n' -> line.append("\\n");
        case '\r' -> line.append("\\r");
        case '\t' -> line.append("\\t");
        default -> {
          // Also what is no text by itself (lone surrogates) or ends a line for some readers.
          if (c < ' ' || c >= 0x7f && c < 0xa0 || c >= 0x2028 && c <= 0x2029 || isLone(text, i)) {
            line.append(String.format(Locale.ROOT, "\\u%04x", (int) c));
          } else {
            line.append(c);
          }
        }
      }
    }
    line.append('"');
  }

  private static boolean isLone(String text, int i) {
    char c = text.charAt(i);
    if (Character.isHighSurrogate(c)) {
      return i + 1 == text.length() || !Character.isLowSurrogate(text.charAt(i + 1));
    }
    return Character.isLowSurrogate(c)
        && (i == 0 || !Character.isHighSurrogate(text.charAt(i - 1)));
  }
}

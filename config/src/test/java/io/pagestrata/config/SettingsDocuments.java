// SPDX-License-Identifier: Apache-2.0
package io.pagestrata.config;

import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** Writes what documents say about settings from the table of settings. */
final class SettingsDocuments {
  private static final List<Section<?>> PLAIN =
      List.of(
          Settings.WRITEBACK,
          PolicySettings.POLICIES,
          DictionarySettings.DICTIONARIES,
          Settings.MONITOR);

  private SettingsDocuments() {}

  /** The tables of {@code docs/settings.md}. */
  static String tables() {
    return Stream.concat(Settings.ALL.stream(), DaemonSettings.ALL.stream())
        .map(SettingsDocuments::table)
        .collect(Collectors.joining("\n", "\n", ""));
  }

  private static String table(Section<?> section) {
    return "### "
        + title(section)
        + "\n\n"
        + section.meaning()
        + "\n\n| setting | default | allowed | meaning |\n|---|---|---|---|\n"
        + section.settings().stream()
            .map(SettingsDocuments::row)
            .collect(Collectors.joining("\n", "", "\n"));
  }

  private static String title(Section<?> section) {
    if (section == Settings.STORE) {
      return "At the top";
    }
    if (section == DaemonSettings.EXPORT) {
      return "Under `exports`, for each export (daemon)";
    }
    if (section == TenantSettings.TENANT) {
      return "Under `tenants`, for each tenant";
    }
    if (DaemonSettings.ALL.contains(section)) {
      return "Under `" + section.name() + "` (daemon)";
    }
    return Settings.TIER_TYPES.contains(section)
        ? "Under `tiers`, with `type: " + section.name() + "`"
        : "Under `" + section.name() + "`";
  }

  private static String row(Setting<?> setting) {
    return Stream.of(
            "`" + setting.name() + "`",
            setting.defaultText().map(it -> "`" + it + "`").orElse("must be given"),
            setting.range(),
            setting.meaning())
        .collect(Collectors.joining(" | ", "| ", " |"));
  }

  /** An example that gives every setting its default, and those without one an example. */
  static String everySetting() {
    StringBuilder yaml =
        new StringBuilder(
            "# Every setting. Where there is a default, this is it; the others must be given.\n");
    appendSettings(yaml, Settings.STORE, "");
    yaml.append("\ntiers:\n");
    for (Section<?> tier : Settings.TIER_TYPES) {
      yaml.append("  - type: ").append(tier.name()).append('\n');
      appendSettings(yaml, tier, "    ");
    }
    for (Section<?> section : PLAIN) {
      yaml.append('\n').append(section.name()).append(":\n");
      appendSettings(yaml, section, "  ");
    }
    yaml.append("\ntenants:\n  -\n");
    appendSettings(yaml, TenantSettings.TENANT, "    ");
    yaml.append(
        "\n# What follows is for the daemon; the library does not read it.\nexports:\n  -\n");
    appendSettings(yaml, DaemonSettings.EXPORT, "    ");
    yaml.append("\nserver:\n");
    appendSettings(yaml, DaemonSettings.SERVER, "  ");
    yaml.append("  tls:\n");
    appendSettings(yaml, DaemonSettings.TLS, "    ");
    return yaml.toString();
  }

  private static void appendSettings(StringBuilder yaml, Section<?> section, String indent) {
    for (Setting<?> setting : section.settings()) {
      yaml.append(indent).append(setting.name()).append(": ").append(text(setting)).append('\n');
    }
  }

  private static <T> String text(Setting<T> setting) {
    return setting.format(setting.standIn());
  }

  /** The JSON Schema of the YAML. */
  static String schema() {
    String definitions =
        Settings.TIER_TYPES.stream()
            .map(it -> member(it.name() + "-tier", tier(it), 4))
            .collect(Collectors.joining(",\n"));
    String choices =
        Settings.TIER_TYPES.stream()
            .map(it -> "{\"$ref\": \"#/$defs/" + it.name() + "-tier\"}")
            .collect(Collectors.joining(", ", "[", "]"));
    String tiers =
        "{\"type\": \"array\", \"minItems\": 1, \"items\": {\"oneOf\": "
            + choices
            + "}, \"description\": \"The chain, top to bottom.\"}";
    String properties =
        Stream.of(
                settings(Settings.STORE),
                Stream.of(member("tiers", tiers, 4)),
                PLAIN.stream().map(it -> member(it.name(), object(it, settings(it), ""), 4)),
                Stream.of(
                    member("tenants", list(TenantSettings.TENANT, 0), 4),
                    member("exports", list(DaemonSettings.EXPORT, 1), 4),
                    member("server", server(), 4)))
            .flatMap(it -> it)
            .collect(Collectors.joining(",\n"));
    return """
        {
          "$schema": "https://json-schema.org/draft/2020-12/schema",
          "title": "Pagestrata configuration",
          "type": "object",
          "additionalProperties": false,
          "required": ["tiers"],
          "properties": {
        %s
          },
          "$defs": {
        %s
          }
        }
        """
        .formatted(properties, definitions);
  }

  private static String list(Section<?> section, int leastItems) {
    return "{\"type\": \"array\", \"minItems\": "
        + leastItems
        + ", \"items\": "
        + object(section, settings(section), required(Stream.of(), section))
        + "}";
  }

  private static String server() {
    Section<?> tls = DaemonSettings.TLS;
    return object(
        DaemonSettings.SERVER,
        Stream.concat(
            settings(DaemonSettings.SERVER),
            Stream.of(member("tls", object(tls, settings(tls), ""), 8))),
        "");
  }

  private static String required(Stream<String> first, Section<?> section) {
    return Stream.concat(
            first,
            section.settings().stream().filter(it -> it.defaultText().isEmpty()).map(Setting::name))
        .map(it -> '"' + it + '"')
        .collect(Collectors.joining(", ", "\"required\": [", "], "));
  }

  private static String tier(Section<?> section) {
    String required = required(Stream.of("type"), section);
    Stream<String> type = Stream.of(member("type", "{\"const\": \"" + section.name() + "\"}", 8));
    return object(section, Stream.concat(type, settings(section, 8)), required);
  }

  private static Stream<String> settings(Section<?> section) {
    return settings(section, section == Settings.STORE ? 4 : 8);
  }

  private static Stream<String> settings(Section<?> section, int indent) {
    return section.settings().stream().map(it -> member(it.name(), it.schema(), indent));
  }

  private static String object(Section<?> section, Stream<String> members, String required) {
    return "{\n      \"type\": \"object\", \"additionalProperties\": false, "
        + required
        + "\"description\": \""
        + section.meaning()
        + "\",\n      \"properties\": {\n"
        + members.collect(Collectors.joining(",\n"))
        + "\n      }\n    }";
  }

  private static String member(String name, String value, int indent) {
    return " ".repeat(indent) + '"' + name + "\": " + value;
  }
}

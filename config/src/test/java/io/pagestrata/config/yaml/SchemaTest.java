// SPDX-License-Identifier: Apache-2.0
package io.pagestrata.config.yaml;

import static org.assertj.core.api.Assertions.assertThat;

import com.networknt.schema.Error;
import com.networknt.schema.InputFormat;
import com.networknt.schema.Schema;
import com.networknt.schema.SchemaRegistry;
import com.networknt.schema.SpecificationVersion;
import io.pagestrata.config.DaemonConfig;
import io.pagestrata.config.DaemonSettings;
import io.pagestrata.config.DictionarySettings;
import io.pagestrata.config.PagestrataConfig;
import io.pagestrata.config.PolicySettings;
import io.pagestrata.config.Section;
import io.pagestrata.config.Setting;
import io.pagestrata.config.Settings;
import io.pagestrata.config.TenantSettings;
import io.pagestrata.core.InvalidConfigurationException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.JsonNode;

/** The JSON Schema in the distribution says what the reader does. */
class SchemaTest {
  private static final String RAM = "tiers:\n- type: ram\n  max-size: 64MiB\n";

  private static Schema schema() throws IOException {
    try (InputStream in = PagestrataConfig.class.getResourceAsStream("pagestrata.schema.json")) {
      return SchemaRegistry.withDefaultDialect(SpecificationVersion.DRAFT_2020_12)
          .getSchema(new String(in.readAllBytes(), StandardCharsets.UTF_8), InputFormat.JSON);
    }
  }

  private static List<Error> errors(String yaml) throws IOException {
    return schema().validate(yaml, InputFormat.YAML);
  }

  private static boolean isRead(String yaml) {
    try {
      YamlConfig.parseDaemon("f.yaml", yaml.getBytes(StandardCharsets.UTF_8));
      return true;
    } catch (InvalidConfigurationException e) {
      return false;
    }
  }

  static List<Path> examples() throws IOException {
    try (Stream<Path> files = Files.list(Path.of("../docs/examples"))) {
      return files.sorted().toList();
    }
  }

  @ParameterizedTest
  @MethodSource("examples")
  void examplesAreConfigurationsAndKeepToTheSchema(Path example) throws IOException {
    assertThat(YamlConfig.readDaemon(example)).isNotNull();
    assertThat(errors(Files.readString(example))).isEmpty();
  }

  @Test
  void theExampleOfEverySettingHoldsTheDefaults() throws IOException {
    DaemonConfig every = YamlConfig.readDaemon(Path.of("../docs/examples/every-setting.yaml"));
    String required =
        "tiers:\n- type: ram\n  max-size: 256MiB\n"
            + "- type: remote\n  servers: [redis://127.0.0.1:6379]\n  max-size: 1GiB\n"
            + "- type: file\n  directory: /var/lib/pagestrata\n  max-size: 8GiB\n";
    assertThat(every)
        .isEqualTo(YamlConfig.parseDaemon("f.yaml", required.getBytes(StandardCharsets.UTF_8)));
  }

  @Test
  void settingsAndSchemaNameTheSameThings() throws IOException {
    JsonNode root = schema().getSchemaNode();
    List<String> top = new ArrayList<>(names(Settings.STORE));
    top.addAll(
        List.of(
            "tiers",
            "writeback",
            "policies",
            "dictionaries",
            "tenants",
            "monitor",
            "exports",
            "server"));
    assertProperties(root, top);
    assertProperties(root.at("/properties/writeback"), names(Settings.WRITEBACK));
    assertProperties(root.at("/properties/monitor"), names(Settings.MONITOR));
    assertProperties(root.at("/properties/policies"), names(PolicySettings.POLICIES));
    assertProperties(root.at("/properties/dictionaries"), names(DictionarySettings.DICTIONARIES));
    assertProperties(root.at("/properties/tenants/items"), names(TenantSettings.TENANT));
    assertProperties(root.at("/properties/exports/items"), names(DaemonSettings.EXPORT));
    assertProperties(root.at("/properties/server/properties/tls"), names(DaemonSettings.TLS));
    List<String> server = new ArrayList<>(names(DaemonSettings.SERVER));
    server.add("tls");
    assertProperties(root.at("/properties/server"), server);
    for (Section<?> tier : Settings.TIER_TYPES) {
      List<String> names = new ArrayList<>(names(tier));
      names.add("type");
      assertProperties(root.at("/$defs/" + tier.name() + "-tier"), names);
    }
  }

  private static List<String> names(Section<?> section) {
    return section.settings().stream().map(Setting::name).toList();
  }

  private static void assertProperties(JsonNode object, List<String> names) {
    assertThat(new TreeSet<>(object.get("properties").propertyNames()))
        .isEqualTo(new TreeSet<>(names));
    assertThat(object.get("additionalProperties").asBoolean()).isFalse();
  }

  @Test
  void settingsAndSchemaHaveTheSameDefaults() throws IOException {
    JsonNode root = schema().getSchemaNode();
    Map<Section<?>, String> places =
        Map.ofEntries(
            Map.entry(Settings.STORE, ""),
            Map.entry(Settings.RAM, "/$defs/ram-tier"),
            Map.entry(Settings.FILE, "/$defs/file-tier"),
            Map.entry(Settings.WRITEBACK, "/properties/writeback"),
            Map.entry(PolicySettings.POLICIES, "/properties/policies"),
            Map.entry(DictionarySettings.DICTIONARIES, "/properties/dictionaries"),
            Map.entry(TenantSettings.TENANT, "/properties/tenants/items"),
            Map.entry(Settings.MONITOR, "/properties/monitor"),
            Map.entry(DaemonSettings.EXPORT, "/properties/exports/items"),
            Map.entry(DaemonSettings.SERVER, "/properties/server"),
            Map.entry(DaemonSettings.TLS, "/properties/server/properties/tls"));
    for (Section<?> section : places.keySet()) {
      for (Setting<?> setting : section.settings()) {
        JsonNode property = root.at(places.get(section) + "/properties/" + setting.name());
        JsonNode value = property.path("default");
        assertThat(value.isArray() ? value.toString().replace("\"", "") : value.asString())
            .as("%s %s", section, setting)
            .isEqualTo(setting.defaultText().orElse(""));
        assertThat(property.get("description").asString()).startsWith(setting.meaning());
      }
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "page-size: 4096",
        "page-size: 4KB",
        "put-wait: 5",
        "put-wait: 1 hour",
        "colour: blue",
        "writeback: []",
        "writeback: {ring-slots: many}",
        "writeback: {ring-slots: 0}",
        "writeback: {high-watermark: 95%}",
        "writeback: {high-watermark: 95}",
        "writeback: {promotion: sometimes}",
        "writeback: {idle-age: never}",
        "monitor: {format: xml}",
        "monitor: {events-per-second: 1.5}",
        "  codec: gzip",
        "  codec: zstd-20",
        "  shards: all",
        "  block-size: big",
        "  pre-touch: 'maybe'",
        "  name: RAM",
        "policies: {ephemeral-pages: keep}",
        "dictionaries: {enabled: maybe}",
        "policies: {incompressible-pages: drop}",
        "tenants: {name: a}",
        "tenants: [a]",
        "tenants: [{weight: 1}]",
        "tenants: [{name: a, weight: 0}]",
        "tenants: [{name: a, tiers: disk}]",
        "tenants: [{name: a, ram-max-size: 1}]",
        "exports: [{name: a, size: 8GiB, tenant: a b}]",
        "exports: []",
        "exports: [a]",
        "exports: [{name: a}]",
        "exports: [{name: a, size: 8}]",
        "exports: [{name: a b, size: 8GiB}]",
        "exports: [{name: a, size: 8GiB, allowed-clients: bob}]",
        "server: []",
        "server: {listen: 10809}",
        "server: {listen: []}",
        "server: {listen: [nowhere]}",
        "server: {tls: {mode: yes}}",
        "server: {tls: {cipher: none}}",
        "- type: tape",
        "- type: file",
        "- {type: file, directory: '', max-size: 1GiB}",
        "- max-size: 1GiB"
      })
  void whatTheSchemaRefusesIsNotReadEither(String line) throws IOException {
    assertThat(errors(RAM)).isEmpty();
    assertThat(isRead(RAM)).isTrue();
    assertThat(errors(RAM + line + "\n")).isNotEmpty();
    assertThat(isRead(RAM + line + "\n")).isFalse();
  }
}

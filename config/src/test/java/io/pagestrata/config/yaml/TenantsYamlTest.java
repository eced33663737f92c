// SPDX-License-Identifier: Apache-2.0
package io.pagestrata.config.yaml;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.pagestrata.Pagestrata;
import io.pagestrata.config.DaemonConfig;
import io.pagestrata.config.ExportConfig;
import io.pagestrata.config.PagestrataConfig;
import io.pagestrata.config.PoliciesConfig;
import io.pagestrata.config.TenantConfig;
import io.pagestrata.config.TenantTiers;
import io.pagestrata.config.WriteLimits;
import io.pagestrata.core.Deduplication;
import io.pagestrata.core.EphemeralPages;
import io.pagestrata.core.IncompressiblePages;
import io.pagestrata.core.InvalidConfigurationException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** Tenants and policies by YAML and by builder, and what exports may say of them. */
class TenantsYamlTest {
  private static final String STORE = "tiers:\n- type: ram\n  max-size: 64MiB\n";
  private static final String TENANTS =
      """
      policies:
        ephemeral-pages: write-back
        incompressible-pages: write-back-first
        deduplication: tenant
      tenants:
        - name: web
          weight: 7
          ram-max-size: 16MiB
          max-size: 2GiB
          tiers: no-disk
          write-bytes-per-second: 1MiB
          write-bytes-per-day: 5GiB
        - name: batch
      """;

  private static PagestrataConfig parse(String text) {
    return YamlConfig.parse("f.yaml", (STORE + text).getBytes(StandardCharsets.UTF_8));
  }

  private static DaemonConfig parseDaemon(String text) {
    return YamlConfig.parseDaemon("f.yaml", (STORE + text).getBytes(StandardCharsets.UTF_8));
  }

  private static List<String> problems(String text) {
    return catchThrowableOfType(InvalidConfigurationException.class, () -> parseDaemon(text))
        .problems();
  }

  @Test
  void everySettingReachesItsPlace() {
    PagestrataConfig config = parse(TENANTS);
    assertThat(config.policies())
        .isEqualTo(
            new PoliciesConfig(
                EphemeralPages.WRITE_BACK,
                IncompressiblePages.WRITE_BACK_FIRST,
                Deduplication.TENANT));
    assertThat(config.tenants())
        .containsExactly(
            new TenantConfig(
                "web",
                7,
                Optional.of(16L << 20),
                Optional.of(2L << 30),
                TenantTiers.NO_DISK,
                new WriteLimits(Optional.of(1L << 20), Optional.of(5L << 30))),
            new TenantConfig(
                "batch", 1, Optional.empty(), Optional.empty(), TenantTiers.ALL, WriteLimits.NONE));
    assertThat(parse("").tenants()).containsExactly(TenantConfig.DEFAULT);
    assertThat(parse("").policies()).isEqualTo(PoliciesConfig.DEFAULT);
    assertThat(parse("tenants: []\n").tenants()).isEmpty();
  }

  @Test
  void theBuilderMakesTheSameWithTextsAndWithValues() {
    PagestrataConfig texts =
        Pagestrata.builder()
            .ram(ram -> ram.maxSize("64MiB"))
            .policies(
                it ->
                    it.ephemeralPages(EphemeralPages.WRITE_BACK)
                        .incompressiblePages(IncompressiblePages.WRITE_BACK_FIRST)
                        .deduplication(Deduplication.TENANT))
            .tenant(
                it ->
                    it.name("web")
                        .weight(7)
                        .ramMaxSize("16MiB")
                        .maxSize("2GiB")
                        .tiers(TenantTiers.NO_DISK)
                        .writeBytesPerSecond("1MiB")
                        .writeBytesPerDay("5GiB"))
            .tenant(it -> it.name("batch"))
            .build();
    assertThat(texts).isEqualTo(parse(TENANTS));
    PagestrataConfig values =
        Pagestrata.builder()
            .ram(ram -> ram.maxSize("64MiB"))
            .tenant(
                it ->
                    it.name("web")
                        .ramMaxSize(16L << 20)
                        .maxSize(2L << 30)
                        .writeBytesPerSecond(1L << 20)
                        .writeBytesPerDay(5L << 30))
            .build();
    TenantConfig web = texts.tenants().get(0);
    assertThat(values.tenants())
        .containsExactly(
            new TenantConfig(
                "web", 1, web.ramMaxBytes(), web.maxBytes(), TenantTiers.ALL, web.writeLimits()));
  }

  @Test
  void theFileTierHasWriteLimits() {
    WriteLimits limits = new WriteLimits(Optional.of(50L << 20), Optional.of(200L << 30));
    String file =
        "- type: file\n  directory: /d\n  max-size: 8GiB\n"
            + "  write-bytes-per-second: 50MiB\n  write-bytes-per-day: 200GiB\n";
    assertThat(parse(file).file().orElseThrow().writeLimits()).isEqualTo(limits);
    PagestrataConfig texts =
        Pagestrata.builder()
            .ram(ram -> ram.maxSize("64MiB"))
            .file(
                it ->
                    it.directory("/d")
                        .maxSize("8GiB")
                        .writeBytesPerSecond("50MiB")
                        .writeBytesPerDay("200GiB"))
            .build();
    assertThat(texts).isEqualTo(parse(file));
    PagestrataConfig values =
        Pagestrata.builder()
            .ram(ram -> ram.maxSize("64MiB"))
            .file(
                it ->
                    it.directory("/d")
                        .maxSize("8GiB")
                        .writeBytesPerSecond(50L << 20)
                        .writeBytesPerDay(200L << 30))
            .build();
    assertThat(values).isEqualTo(texts);
  }

  @Test
  void anOptionIsSetOnce() {
    assertThatThrownBy(() -> Pagestrata.builder().tenant(it -> it.name("a").weight(1).weight(2)))
        .hasMessage("tenants.weight is already set to '1'");
  }

  @Test
  void exportsNameTheirTenant() {
    DaemonConfig config =
        parseDaemon(
            TENANTS
                + """
                exports:
                  - {name: a, size: 1GiB, tenant: web}
                  - {name: b, size: 1GiB, tenant: web, pool: a, read-only: true}
                  - {name: c, size: 1GiB}
                """);
    assertThat(config.exports())
        .extracting(ExportConfig::tenant)
        .containsExactly("web", "web", "default");
  }

  @Test
  void whatDoesNotFitTogetherIsToldWithItsPlace() {
    assertThat(
            problems(
                """
                tenants:
                  - name: a
                  - name: a
                exports:
                  - {name: x, size: 1GiB, tenant: a}
                  - {name: y, size: 1GiB, tenant: b}
                  - {name: z, size: 1GiB, pool: x, read-only: true}
                """))
        .containsExactly(
            "f.yaml:6:11: key 'tenants[1].name': value 'a' is the name of another tenant;"
                + " expected different names",
            "f.yaml:9:35: key 'exports[1].tenant': value 'b' is no tenant; expected the name of one"
                + " of tenants",
            "f.yaml:10:5: key 'exports[2].tenant': value 'default' is not the tenant of the export"
                + " 'x', which has the same pool; expected 'a'");
    assertThat(problems("policies: {incompressible-pages: refuse-to-ram}\n"))
        .containsExactly(
            "f.yaml:4:34: key 'policies.incompressible-pages': value 'refuse-to-ram' would refuse"
                + " pages of block devices; expected keep or write-back-first");
    assertThat(parse("policies: {incompressible-pages: refuse-to-ram}\n").policies())
        .isEqualTo(
            new PoliciesConfig(
                EphemeralPages.DROP, IncompressiblePages.REFUSE_TO_RAM, Deduplication.OFF));
  }

  @Test
  void whatIsNoListOfTenantsIsTold() {
    assertThat(problems("tenants: {a: 1}\n"))
        .containsExactly("f.yaml:4:10: key 'tenants': is a mapping; expected a list of tenants");
    assertThat(problems("tenants:\n  - weight: 2\n    colour: red\n"))
        .hasSize(2)
        .anySatisfy(it -> assertThat(it).contains("tenants[0].name", "missing"))
        .anySatisfy(it -> assertThat(it).contains("tenants[0].colour", "unknown key"));
  }
}

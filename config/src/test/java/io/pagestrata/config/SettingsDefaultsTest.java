// SPDX-License-Identifier: Apache-2.0
package io.pagestrata.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;

import io.pagestrata.Pagestrata;
import io.pagestrata.core.eviction.Eviction;
import io.pagestrata.tiers.codec.Codecs;
import io.pagestrata.tiers.ram.zpool.ZpoolKind;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class SettingsDefaultsTest {
  /** A changed default changes what users run: it must be changed here as well, knowingly. */
  @Test
  void everyDefaultIsPinned() {
    List<String> defaults = new ArrayList<>();
    for (Section<?> section : sections()) {
      for (Setting<?> setting : section.settings()) {
        String name = section.name().isEmpty() ? "" : section.name() + ".";
        defaults.add(name + setting.name() + " " + setting.defaultText().orElse("(required)"));
      }
    }
    assertThat(defaults)
        .containsExactly(
            "page-size 4KiB",
            "durability volatile",
            "put-wait 5s",
            "close-wait 10s",
            "ram.name ram",
            "ram.max-size (required)",
            "ram.codec lz4",
            "ram.zpool log",
            "ram.eviction s3-fifo",
            "ram.zspage-frames 8",
            "ram.compact-below-used-share 0.98",
            "ram.block-size auto",
            "ram.shards auto",
            "ram.clean-below-live-share 0.9",
            "ram.pre-touch true",
            "ram.verify-checksum true",
            "ram.recompress none",
            "ram.recompress-min-size 512B",
            "ram.recompress-idle-age off",
            "ram.recompress-cpu 0.5",
            "remote.servers (required)",
            "remote.max-size (required)",
            "remote.namespace default",
            "remote.username none",
            "remote.password-file none",
            "remote.trusted-certificates none",
            "remote.safety mirror",
            "remote.replicas 1",
            "remote.timeout 500ms",
            "remote.read-timeout 100ms",
            "file.directory (required)",
            "file.max-size (required)",
            "file.segment-size auto",
            "file.direct-io false",
            "file.clean-below-live-share 0.5",
            "file.read-only-retry 5s",
            "file.index auto",
            "file.scrub-rate 1MiB",
            "file.write-bytes-per-second off",
            "file.write-bytes-per-day off",
            "file.recompress none",
            "file.recompress-min-size 512B",
            "file.recompress-cpu 0.5",
            "file.encryption auto",
            "file.encryption-key-file none",
            "file.encryption-key-command none",
            "file.encryption-previous-key-files []",
            "writeback.high-watermark 0.9",
            "writeback.low-watermark 0.85",
            "writeback.batch-size 256KiB",
            "writeback.ring-slots 8",
            "writeback.idle-age off",
            "writeback.flush-interval 10ms",
            "writeback.promotion refault-distance",
            "writeback.promotion-distance-factor 1.0",
            "policies.ephemeral-pages drop",
            "policies.incompressible-pages keep",
            "policies.deduplication off",
            "dictionaries.enabled true",
            "dictionaries.size 32KiB",
            "dictionaries.min-gain 0.03",
            "dictionaries.check-interval 10min",
            "tenants.name (required)",
            "tenants.weight 1",
            "tenants.ram-max-size off",
            "tenants.max-size off",
            "tenants.tiers all",
            "tenants.write-bytes-per-second off",
            "tenants.write-bytes-per-day off",
            "monitor.interval 10s",
            "monitor.format text",
            "monitor.events-per-second 5",
            "exports.name (required)",
            "exports.description none",
            "exports.size (required)",
            "exports.read-only false",
            "exports.pool auto",
            "exports.tenant default",
            "exports.max-connections auto",
            "exports.max-in-flight auto",
            "exports.allowed-clients []",
            "server.listen [127.0.0.1:10809]",
            "server.max-connections 256",
            "server.max-in-flight 256MiB",
            "server.max-in-flight-per-connection 64MiB",
            "server.threads auto",
            "server.handshake-timeout 10s",
            "server.stall-timeout 1min",
            "server.stop-timeout 10s",
            "server.busy-poll true",
            "server.tls.mode off",
            "server.tls.certificate none",
            "server.tls.key none",
            "server.tls.client-ca none");
  }

  private static List<Section<?>> sections() {
    List<Section<?>> sections = new ArrayList<>(Settings.ALL);
    sections.addAll(DaemonSettings.ALL);
    return sections;
  }

  @Test
  void theDefaultsMakeAConfiguration() {
    PagestrataConfig config =
        Pagestrata.builder()
            .ram(ram -> ram.maxSize("256MiB"))
            .file(file -> file.directory("/d").maxSize("8GiB"))
            .build();
    assertThat(config)
        .isEqualTo(
            new PagestrataConfig(
                4096,
                Duration.ofSeconds(5),
                Duration.ofSeconds(10),
                Durability.VOLATILE,
                List.of(
                    new RamTierConfig(
                        "ram",
                        256 << 20,
                        "lz4",
                        ZpoolKind.LOG,
                        Eviction.S3_FIFO,
                        8,
                        0.98,
                        Optional.empty(),
                        Optional.empty(),
                        0.9,
                        true,
                        true,
                        RecompressionConfig.NONE),
                    new FileTierConfig(
                        Path.of("/d"),
                        8L << 30,
                        Optional.empty(),
                        false,
                        0.5,
                        Duration.ofSeconds(5),
                        RecompressionConfig.NONE)),
                new WritebackConfig(
                    0.9,
                    0.85,
                    256 << 10,
                    8,
                    Optional.empty(),
                    Duration.ofMillis(10),
                    PromotionMode.REFAULT_DISTANCE,
                    1.0),
                new MonitorConfig(Duration.ofSeconds(10), MonitorFormat.TEXT, 5)));
  }

  @Test
  void everySettingIsListedOnceAndItsDefaultOrExampleIsAllowed() throws IllegalAccessException {
    Set<Object> declared = new HashSet<>();
    for (Class<?> table :
        List.of(
            Settings.class,
            BudgetSettings.class,
            EncryptionSettings.class,
            ScrubSettings.class,
            PolicySettings.class,
            TenantSettings.class,
            DurabilitySettings.class,
            ZpoolSettings.class,
            RecompressionSettings.class,
            DictionarySettings.class,
            RemoteTierSettings.class,
            DaemonSettings.class)) {
      for (var field : table.getFields()) {
        if (field.getType() == Setting.class) {
          declared.add(field.get(null));
        }
      }
    }
    List<Setting<?>> listed = new ArrayList<>();
    sections().forEach(section -> listed.addAll(section.settings()));
    assertThat(listed).doesNotHaveDuplicates();
    assertThat(declared).containsExactlyInAnyOrderElementsOf(listed);
    listed.forEach(SettingsDefaultsTest::assertStandInIsAllowed);
  }

  private static <T> void assertStandInIsAllowed(Setting<T> setting) {
    assertThat(setting.complaint(setting.standIn())).as(setting.name()).isEmpty();
    assertThat(setting.parse(setting.format(setting.standIn()))).isEqualTo(setting.standIn());
  }

  @Test
  void everyCodecThatIsAllowedExistsUnderThatName() {
    List<String> names = new ArrayList<>(List.of("none", "lz4"));
    IntStream.rangeClosed(-7, 19).filter(it -> it != 0).forEach(it -> names.add("zstd-" + it));
    for (String name : names) {
      assertThat(Settings.RAM_CODEC.parse(name)).isEqualTo(name);
      assertThat(Codecs.parse(name).name()).isEqualTo(name);
    }
    assertThatCode(() -> Settings.RAM_CODEC.parse("zstd-0"))
        .hasMessage(
            "value 'zstd-0' is not a codec; expected lz4, none, or zstd- and a level from -7 to 19"
                + " other than 0");
  }
}

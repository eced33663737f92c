// SPDX-License-Identifier: Apache-2.0
package io.pagestrata.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.pagestrata.Pagestrata;
import io.pagestrata.config.yaml.YamlConfig;
import io.pagestrata.core.InvalidConfigurationException;
import io.pagestrata.core.PageStore;
import io.pagestrata.core.PoolKind;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What the machine cannot do is told as where the setting stands in its source. */
class MachineCheckTest {
  private static final long GIB = 1L << 30;

  private static PagestrataConfig twoTiers(boolean firstTouched, boolean secondTouched) {
    String yaml =
        """
        tiers:
        - type: ram
          max-size: 10GiB
          pre-touch: %s
        - type: ram
          name: dense
          max-size: 6GiB
          pre-touch: %s
        """;
    byte[] content = yaml.formatted(firstTouched, secondTouched).getBytes(StandardCharsets.UTF_8);
    return YamlConfig.parse("f.yaml", content);
  }

  @Test
  void tiersOfRamMustFitTogether() {
    PagestrataConfig both = twoTiers(true, true);
    assertThat(MachineCheck.problems(both, 16 * GIB)).isEmpty();
    assertThat(MachineCheck.problems(both, 16 * GIB - 1))
        .containsExactly(
            "f.yaml:7:13: key 'tiers[1].max-size': value '6GiB' is more than this machine has"
                + " beside value '10GiB' (f.yaml:3:13: key 'tiers[0].max-size'); expected at most"
                + " 16383MiB in all, since pre-touch takes all of it at once");
  }

  @Test
  void whatIsOnlyReservedDoesNotCount() {
    assertThat(MachineCheck.problems(twoTiers(true, false), 10 * GIB)).isEmpty();
    assertThat(MachineCheck.problems(twoTiers(false, true), 6 * GIB)).isEmpty();
  }

  @Test
  void aTierThatIsTooLargeByItselfIsToldAlone() {
    assertThat(MachineCheck.problems(twoTiers(true, true), 9 * GIB))
        .containsExactly(
            "f.yaml:3:13: key 'tiers[0].max-size': value '10GiB' is more than this machine has;"
                + " expected at most 9GiB, since pre-touch takes all of it at once");
  }

  private static PagestrataConfig onDisk(String directory, String more) {
    String yaml =
        """
        tiers:
        - {type: ram, max-size: 16MiB}
        - {type: file, directory: '%s', %s}
        """
            .formatted(directory, more);
    return YamlConfig.parse("f.yaml", yaml.getBytes(StandardCharsets.UTF_8));
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "0123456789abcdef0123456789abcde", "open"})
  void aFileThatIsNoKeyIsFoundBeforeTheStart(String content, @TempDir Path directory)
      throws IOException {
    Path key = Files.writeString(directory.resolve("key"), content);
    boolean open = content.equals("open");
    Files.setPosixFilePermissions(
        key, PosixFilePermissions.fromString(open ? "rw-r--r--" : "rw-------"));
    PagestrataConfig config =
        onDisk(directory + "/d", "max-size: 64MiB, encryption-key-file: '" + key + "'");
    assertThat(MachineCheck.problems(config))
        .singleElement()
        .asString()
        .startsWith("f.yaml:3:")
        .contains("key 'tiers[1].encryption-key-file': the key file " + key)
        .contains(open ? "is open to others" : "holds no key");
  }

  @Test
  void aFileSystemThatTakesNoFilesIsNoPlace() {
    assumeTrue(Files.isDirectory(Path.of("/proc")), "this system has no /proc");
    assertThat(MachineCheck.problems(onDisk("/proc/pagestrata", "max-size: 64MiB")))
        .singleElement()
        .asString()
        .contains("value '/proc/pagestrata' cannot be made");
  }

  @Test
  void aTierThatIsLargerThanItsDiskOpensAndIsTold(@TempDir Path directory) {
    PagestrataConfig large = onDisk(directory.toString(), "max-size: 8TiB");
    assertThat(MachineCheck.problems(large)).isEmpty();
    assertThat(MachineCheck.warnings(onDisk(directory.toString(), "max-size: 64MiB"))).isEmpty();
    assertThat(MachineCheck.warnings(large, 3 << 20))
        .containsExactly(
            "f.yaml:3:"
                + (("- {type: file, directory: '" + directory + "', max-size: ").length() + 1)
                + ": key 'tiers[1].max-size': value '8TiB' is more than the 3MiB of the file system"
                + " of '"
                + directory
                + "': the disk is full before the tier is");
  }

  @Test
  void theKeyOfEverySegmentIsLookedFor(@TempDir Path directory) throws IOException {
    String place = directory + "/d";
    Path old = directory.resolve("old");
    Path other = directory.resolve("other");
    String id = EncryptionKeys.create(old);
    String otherId = EncryptionKeys.create(other);
    Pagestrata.open(encrypted(place, old)).close();
    fill(encrypted(place, old));
    assertThat(MachineCheck.problems(daemon(place, "encryption-key-file: " + old))).isEmpty();
    assertThat(MachineCheck.problems(daemon(place, "encryption-key-file: " + other)))
        .singleElement()
        .asString()
        .contains("key 'tiers[1].encryption-previous-key-files': ")
        .endsWith("is encrypted with " + id + ", and given is only " + otherId);
    assertThat(MachineCheck.problems(daemon(place, "encryption: none")))
        .singleElement()
        .asString()
        .contains("key 'tiers[1].encryption-key-file': ")
        .endsWith("is encrypted with " + id + ", and no key is given");
    assertThatThrownBy(() -> Pagestrata.open(encrypted(place, other)))
        .isInstanceOf(InvalidConfigurationException.class)
        .hasMessageContaining("file.encryptionPreviousKeyFiles: segment-")
        .hasMessageContaining("given is only " + otherId);
  }

  private static PagestrataConfig encrypted(String place, Path key) {
    return Pagestrata.builder()
        .durability(Durability.DURABLE)
        .ram(ram -> ram.maxSize("16MiB"))
        .file(file -> file.directory(Path.of(place)).maxSize("64MiB").encryptionKeyFile(key))
        .build();
  }

  private static void fill(PagestrataConfig config) {
    try (PageStore store = Pagestrata.open(config)) {
      byte[] page = new byte[4096];
      page[7] = 7;
      store.put(store.createPool("heap", PoolKind.PERSISTENT), 0, 0, page, 0);
    }
  }

  private static DaemonConfig daemon(String place, String key) {
    String yaml =
        """
        durability: durable
        tiers:
        - {type: ram, max-size: 16MiB}
        - {type: file, directory: '%s', max-size: 64MiB, %s}
        exports:
        - {name: d, size: 1MiB}
        """
            .formatted(place, key);
    return YamlConfig.parseDaemon("f.yaml", yaml.getBytes(StandardCharsets.UTF_8));
  }

  @Test
  void aProgramIsToldTheMethodsOfTheBuilder() {
    PagestrataConfig config =
        Pagestrata.builder().ram(ram -> ram.maxSize(2 * GIB).preTouch(true)).build();
    assertThat(MachineCheck.problems(config, GIB))
        .singleElement()
        .asString()
        .startsWith("ram.maxSize: value '2GiB' is more");
  }

  @Test
  void whereAConfigurationStandsIsNoPartOfIt() {
    PagestrataConfig built =
        Pagestrata.builder()
            .ram(ram -> ram.maxSize(10 * GIB).preTouch(true))
            .ram(ram -> ram.name("dense").maxSize(6 * GIB).preTouch(true))
            .build();
    assertThat(built).isEqualTo(twoTiers(true, true)).hasSameHashCodeAs(twoTiers(true, true));
  }
}

// SPDX-License-Identifier: Apache-2.0
package io.pagestrata.config;

import static io.pagestrata.config.EncryptionSettings.FILE_ENCRYPTION_KEY_FILE;
import static io.pagestrata.config.EncryptionSettings.FILE_ENCRYPTION_PREVIOUS_KEY_FILES;
import static io.pagestrata.config.RemoteTierSettings.PASSWORD_FILE;
import static io.pagestrata.config.RemoteTierSettings.TRUSTED_CERTIFICATES;

import com.sun.management.OperatingSystemMXBean;
import io.pagestrata.tiers.ram.Zpools;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * Finds out, without changing anything, whether this machine can do what a configuration asks for.
 * Stateless and thread-safe.
 */
public final class MachineCheck {
  private static final long MIB = 1L << 20;

  private MachineCheck() {}

  /**
   * Looks at the memory, the directories and the files that tiers need.
   *
   * @param config a valid configuration
   * @return one line for each problem
   */
  public static List<String> problems(PagestrataConfig config) {
    List<String> problems = new ArrayList<>();
    for (int i = 0; i < config.tiers().size(); i++) {
      if (config.tiers().get(i) instanceof RamTierConfig ram) {
        Place place = Place.ofTier(i, Settings.RAM, Settings.RAM_MAX_SIZE);
        complaint(ram, memoryBytes()).ifPresent(it -> problems.add(place + ": " + it));
        Place zpool = Place.ofTier(i, Settings.RAM, ZpoolSettings.RAM_ZPOOL);
        Zpools.complaint(ram.zpool()).ifPresent(it -> problems.add(zpool + ": " + it));
      } else if (config.tiers().get(i) instanceof FileTierConfig file) {
        Place place = Place.ofTier(i, Settings.FILE, Settings.FILE_DIRECTORY);
        complaint(file.directory()).ifPresent(it -> problems.add(place + ": " + it));
        EncryptionConfig encryption = file.encryption();
        checkFiles(i, Settings.FILE, FILE_ENCRYPTION_KEY_FILE, encryption.keyFile(), problems);
        for (Path key : encryption.previousKeyFiles()) {
          checkFiles(
              i, Settings.FILE, FILE_ENCRYPTION_PREVIOUS_KEY_FILES, Optional.of(key), problems);
        }
      } else if (config.tiers().get(i) instanceof RemoteTierConfig remote) {
        Section<?> section = RemoteTierSettings.REMOTE;
        checkFiles(i, section, PASSWORD_FILE, remote.passwordFile(), problems);
        checkFiles(i, section, TRUSTED_CERTIFICATES, remote.trustedCertificates(), problems);
      }
    }
    return problems;
  }

  /**
   * Looks at what tiers need, at the files of TLS, and at the directories of unix sockets.
   *
   * @param config a valid configuration
   * @return one line for each problem
   */
  public static List<String> problems(DaemonConfig config) {
    List<String> problems = new ArrayList<>(problems(config.store()));
    problems.addAll(problems(config.server().tls()));
    for (ListenAddress address : config.server().listen()) {
      if (address instanceof ListenAddress.Unix unix
          && !isInDirectory(unix.path(), config.store())) {
        problems.add(
            Place.of(DaemonSettings.SERVER, DaemonSettings.SERVER_LISTEN)
                + ": "
                + Words.quote(address.text())
                + " cannot be made; expected a directory that can be written");
      }
    }
    return problems;
  }

  /**
   * Looks at the files of TLS.
   *
   * @param tls part of a valid configuration
   * @return one line for each problem
   */
  public static List<String> problems(TlsConfig tls) {
    List<String> problems = new ArrayList<>();
    for (Setting<Optional<Path>> setting :
        List.of(
            DaemonSettings.TLS_CERTIFICATE, DaemonSettings.TLS_KEY, DaemonSettings.TLS_CLIENT_CA)) {
      setting
          .valueIn(tls)
          .filter(file -> tls.mode() != TlsMode.OFF && !Files.isReadable(file))
          .ifPresent(
              file ->
                  problems.add(
                      Place.of(DaemonSettings.TLS, setting)
                          + ": "
                          + Words.quote(file.toString())
                          + " cannot be read; expected a PEM file"));
    }
    return problems;
  }

  private static void checkFiles(
      int tier,
      Section<?> section,
      Setting<?> setting,
      Optional<Path> file,
      List<String> problems) {
    if (file.isPresent() && (Files.isDirectory(file.get()) || !Files.isReadable(file.get()))) {
      problems.add(
          Place.ofTier(tier, section, setting)
              + ": "
              + Words.quote(file.get().toString())
              + " cannot be read; expected a file");
    }
  }

  private static boolean isInDirectory(Path socket, PagestrataConfig store) {
    Path directory = socket.toAbsolutePath().normalize().getParent();
    return directory != null
        && (Files.isDirectory(directory) && Files.isWritable(directory)
            || willBeMade(directory, store));
  }

  /** A file tier makes its directory, and those above it, before anything is listened on. */
  private static boolean willBeMade(Path directory, PagestrataConfig store) {
    return store
        .file()
        .map(FileTierConfig::directory)
        .filter(it -> it.toAbsolutePath().normalize().startsWith(directory))
        .filter(it -> !Files.exists(directory) && complaint(it).isEmpty())
        .isPresent();
  }

  /** Memory that is only reserved does no harm; touched, it makes the system kill a process. */
  private static Optional<String> complaint(RamTierConfig ram, long memoryBytes) {
    if (!ram.preTouch() || ram.maxBytes() <= memoryBytes) {
      return Optional.empty();
    }
    return Optional.of(
        Words.quote(Units.formatBytes(ram.maxBytes()))
            + " is more than this machine has; expected at most "
            + Units.formatBytes(memoryBytes / MIB * MIB)
            + ", since pre-touch takes all of it at once");
  }

  /** Memory of the machine or, in a container, of that; unlimited where the JVM cannot tell. */
  private static long memoryBytes() {
    return ManagementFactory.getOperatingSystemMXBean() instanceof OperatingSystemMXBean system
        ? system.getTotalMemorySize()
        : Long.MAX_VALUE;
  }

  private static Optional<String> complaint(Path directory) {
    String value = Words.quote(directory.toString());
    if (Files.isDirectory(directory)) {
      return Files.isReadable(directory) && Files.isWritable(directory)
          ? Optional.empty()
          : Optional.of(value + " cannot be read and written; expected a directory of our own");
    }
    if (Files.exists(directory)) {
      return Optional.of(value + " is not a directory; expected one, or a name that is free");
    }
    Path ancestor = directory.toAbsolutePath().getParent();
    while (ancestor != null && !Files.exists(ancestor)) {
      ancestor = ancestor.getParent();
    }
    return ancestor != null && Files.isDirectory(ancestor) && Files.isWritable(ancestor)
        ? Optional.empty()
        : Optional.of(
            value + " cannot be made; expected a place for it in a directory that can be written");
  }
}

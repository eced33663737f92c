// SPDX-License-Identifier: Apache-2.0
package io.pagestrata.config;

import static io.pagestrata.config.EncryptionSettings.FILE_ENCRYPTION_KEY_FILE;
import static io.pagestrata.config.EncryptionSettings.FILE_ENCRYPTION_PREVIOUS_KEY_FILES;
import static io.pagestrata.config.RemoteTierSettings.PASSWORD_FILE;
import static io.pagestrata.config.RemoteTierSettings.TRUSTED_CERTIFICATES;

import com.sun.management.OperatingSystemMXBean;
import io.pagestrata.tiers.crypt.KeyFiles;
import io.pagestrata.tiers.ram.Zpools;
import java.io.IOException;
import java.io.InputStream;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.cert.CertificateException;
import java.security.cert.CertificateFactory;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * Finds out, without changing anything, whether this machine can do what a configuration asks for.
 * Stateless and thread-safe.
 */
public final class MachineCheck {
  private static final long MIB = 1L << 20;

  /** File systems that say they can be written, and take no files. */
  private static final Set<String> HOLD_NO_FILES = Set.of("proc", "sysfs", "cgroup", "cgroup2");

  private MachineCheck() {}

  /**
   * Looks at the memory, the directories, what an earlier run left there, and the files that tiers
   * need.
   *
   * @param config a valid configuration
   * @return one line for each problem
   */
  public static List<String> problems(PagestrataConfig config) {
    return problems(config, memoryBytes());
  }

  static List<String> problems(PagestrataConfig config, long memoryBytes) {
    Findings findings = new Findings(config.origin());
    checkMemory(config, memoryBytes, findings);
    for (int i = 0; i < config.tiers().size(); i++) {
      if (config.tiers().get(i) instanceof RamTierConfig ram) {
        Place zpool = Place.ofTier(i, Settings.RAM, ZpoolSettings.RAM_ZPOOL);
        Zpools.complaint(ram.zpool()).ifPresent(it -> findings.add(zpool, it));
      } else if (config.tiers().get(i) instanceof FileTierConfig file) {
        Place place = Place.ofTier(i, Settings.FILE, Settings.FILE_DIRECTORY);
        Optional<String> complaint = complaint(file.directory());
        complaint.ifPresent(it -> findings.add(place, it));
        if (complaint.isEmpty()) {
          KeptStoreRules.check(config, i, file, findings::add);
        }
        EncryptionConfig encryption = file.encryption();
        findings.checkKey(
            Place.ofTier(i, Settings.FILE, FILE_ENCRYPTION_KEY_FILE), encryption.keyFile());
        for (Path key : encryption.previousKeyFiles()) {
          findings.checkKey(
              Place.ofTier(i, Settings.FILE, FILE_ENCRYPTION_PREVIOUS_KEY_FILES), Optional.of(key));
        }
      } else if (config.tiers().get(i) instanceof RemoteTierConfig remote) {
        Section<?> section = RemoteTierSettings.REMOTE;
        findings.checkFile(Place.ofTier(i, section, PASSWORD_FILE), remote.passwordFile());
        Place certificates = Place.ofTier(i, section, TRUSTED_CERTIFICATES);
        remote
            .trustedCertificates()
            .flatMap(MachineCheck::certificateComplaint)
            .ifPresent(it -> findings.add(certificates, it));
      }
    }
    return findings.lines;
  }

  /**
   * Looks at what tiers need, at the files of TLS, and at the directories of unix sockets.
   *
   * @param config a valid configuration
   * @return one line for each problem
   */
  public static List<String> problems(DaemonConfig config) {
    List<String> problems = new ArrayList<>(problems(config.store()));
    Findings findings = new Findings(config.store().origin());
    if (problems.isEmpty()) {
      // Opening a store looks at this as well, when it reads all segments anyway.
      KeptStoreRules.checkKeys(config.store(), findings::add);
    }
    problems.addAll(tlsProblems(config));
    for (ListenAddress address : config.server().listen()) {
      if (address instanceof ListenAddress.Unix unix
          && !isInDirectory(unix.path(), config.store())) {
        findings.add(
            Place.of(DaemonSettings.SERVER, DaemonSettings.SERVER_LISTEN),
            Words.quote(address.text())
                + " cannot be made; expected a directory that can be written");
      }
    }
    problems.addAll(findings.lines);
    return problems;
  }

  /**
   * Looks at the files of TLS.
   *
   * @param config a valid configuration
   * @return one line for each problem
   */
  public static List<String> tlsProblems(DaemonConfig config) {
    TlsConfig tls = config.server().tls();
    Findings findings = new Findings(config.store().origin());
    for (Setting<Optional<Path>> setting :
        List.of(
            DaemonSettings.TLS_CERTIFICATE, DaemonSettings.TLS_KEY, DaemonSettings.TLS_CLIENT_CA)) {
      setting
          .valueIn(tls)
          .filter(file -> tls.mode() != TlsMode.OFF && !Files.isReadable(file))
          .ifPresent(
              file ->
                  findings.add(
                      Place.of(DaemonSettings.TLS, setting),
                      Words.quote(file.toString()) + " cannot be read; expected a PEM file"));
    }
    return findings.lines;
  }

  /**
   * Looks whether a file holds certificates.
   *
   * @param file any
   * @return what is wrong with it
   */
  public static Optional<String> certificateComplaint(Path file) {
    String complaint = " cannot be read; expected a PEM file";
    try (InputStream in = Files.newInputStream(file)) {
      if (!CertificateFactory.getInstance("X.509").generateCertificates(in).isEmpty()) {
        return Optional.empty();
      }
      complaint = " holds no certificate; expected a PEM file";
    } catch (CertificateException e) {
      complaint = " holds no certificate; expected a PEM file";
    } catch (IOException e) {
      // The complaint says so already.
    }
    return Optional.of(Words.quote(file.toString()) + complaint);
  }

  /** One line for each problem, which begins with its place. */
  private static final class Findings {
    private final Origin origin;
    final List<String> lines = new ArrayList<>();

    Findings(Origin origin) {
      this.origin = origin;
    }

    void add(Place place, String complaint) {
      lines.add(origin.of(place) + ": " + complaint);
    }

    boolean checkFile(Place place, Optional<Path> file) {
      if (file.isPresent() && (Files.isDirectory(file.get()) || !Files.isReadable(file.get()))) {
        add(place, Words.quote(file.get().toString()) + " cannot be read; expected a file");
        return false;
      }
      return true;
    }

    void checkKey(Place place, Optional<Path> file) {
      // A pipe gives its key once, to the store.
      if (checkFile(place, file) && file.filter(Files::isRegularFile).isPresent()) {
        try {
          KeyFiles.read(file.get());
        } catch (IOException e) {
          add(place, e.getMessage());
        }
      }
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
  private static void checkMemory(PagestrataConfig config, long memoryBytes, Findings findings) {
    long leftBytes = memoryBytes;
    String beside = "";
    String inAll = "";
    for (int i = 0; i < config.tiers().size(); i++) {
      if (config.tiers().get(i) instanceof RamTierConfig ram && ram.preTouch()) {
        Place place = Place.ofTier(i, Settings.RAM, Settings.RAM_MAX_SIZE);
        String value = Words.quote(Units.formatBytes(ram.maxBytes()));
        if (ram.maxBytes() > leftBytes) {
          findings.add(
              place,
              value
                  + " is more than this machine has"
                  + beside
                  + "; expected at most "
                  + Units.formatBytes(memoryBytes / MIB * MIB)
                  + inAll
                  + ", since pre-touch takes all of it at once");
          return;
        }
        leftBytes -= ram.maxBytes();
        beside = " beside " + value + " (" + config.origin().of(place) + ")";
        inAll = " in all";
      }
    }
  }

  /** Memory of the machine or, in a container, of that; unlimited where the JVM cannot tell. */
  private static long memoryBytes() {
    return ManagementFactory.getOperatingSystemMXBean() instanceof OperatingSystemMXBean system
        ? system.getTotalMemorySize()
        : Long.MAX_VALUE;
  }

  /**
   * Looks for what a store opens with, and should not have.
   *
   * @param config a valid configuration
   * @return one line for each
   */
  public static List<String> warnings(PagestrataConfig config) {
    return config
        .file()
        .map(file -> warnings(config, diskBytes(file.directory())))
        .orElseGet(List::of);
  }

  static List<String> warnings(PagestrataConfig config, long diskBytes) {
    Findings findings = new Findings(config.origin());
    for (int i = 0; i < config.tiers().size(); i++) {
      if (config.tiers().get(i) instanceof FileTierConfig file) {
        if (file.maxBytes() > diskBytes) {
          findings.add(
              Place.ofTier(i, Settings.FILE, Settings.FILE_MAX_SIZE),
              Words.quote(Units.formatBytes(file.maxBytes()))
                  + " is more than the "
                  + Units.formatBytes(diskBytes / MIB * MIB)
                  + " of the file system of '"
                  + Words.printable(file.directory().toString())
                  + "': the disk is full before the tier is");
        }
      }
    }
    return findings.lines;
  }

  /** Size of the file system; unlimited where that cannot be told. */
  private static long diskBytes(Path directory) {
    try {
      Path existing = Files.exists(directory) ? directory : nearest(directory);
      long bytes = existing == null ? 0 : Files.getFileStore(existing).getTotalSpace();
      return bytes > 0 ? bytes : Long.MAX_VALUE;
    } catch (IOException e) {
      return Long.MAX_VALUE;
    }
  }

  /** The directory above one that is not there in which it would be made. */
  private static Path nearest(Path directory) {
    Path ancestor = directory.toAbsolutePath().getParent();
    while (ancestor != null && !Files.exists(ancestor)) {
      ancestor = ancestor.getParent();
    }
    return ancestor;
  }

  private static String fileSystem(Path directory) {
    try {
      return Files.getFileStore(directory).type();
    } catch (IOException e) {
      return "";
    }
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
    Path ancestor = nearest(directory);
    return ancestor != null
            && Files.isDirectory(ancestor)
            && Files.isWritable(ancestor)
            && !HOLD_NO_FILES.contains(fileSystem(ancestor))
        ? Optional.empty()
        : Optional.of(
            value + " cannot be made; expected a place for it in a directory that can be written");
  }
}

// SPDX-License-Identifier: Apache-2.0
package io.pagestrata.daemon.command;

import io.pagestrata.config.MachineCheck;
import io.pagestrata.config.RemoteNamespaces;
import io.pagestrata.daemon.input.InputException;
import io.pagestrata.daemon.redis.RemoteServer;
import java.nio.file.Path;
import java.util.Optional;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;

/** How to log in to the servers of a remote tier. */
final class LoginOptions {
  @Option(names = "--username", paramLabel = "NAME", description = "ACL user.")
  private String username;

  @Option(
      names = "--password-file",
      paramLabel = "FILE",
      description = "File whose first line is the password.")
  private Path passwordFile;

  @Option(
      names = "--trusted-certificates",
      paramLabel = "FILE",
      description = "PEM file of the authorities that the server is checked against.")
  private Path trustedCertificates;

  /**
   * The server with this login.
   *
   * @param uri where it is, or null for none
   * @throws ParameterException when there is a login without a server
   */
  Optional<RemoteServer> at(String uri, CommandSpec spec) {
    boolean any = username != null || passwordFile != null || trustedCertificates != null;
    if (uri == null && any) {
      throw new ParameterException(
          spec.commandLine(),
          "--username, --password-file and --trusted-certificates go with --remote, and only with"
              + " it");
    }
    if (uri != null) {
      checkServer(uri, spec);
    }
    return Optional.ofNullable(uri)
        .map(it -> new RemoteServer(it, username(), passwordFile(), trustedCertificates()));
  }

  /** Refuses what is not written as a server, before anything is done, and shows no password. */
  static void checkServer(String uri, CommandSpec spec) {
    Optional<String> complaint = RemoteNamespaces.complaint(uri);
    if (complaint.isPresent()) {
      throw new ParameterException(
          spec.commandLine(),
          "--remote '"
              + uri.replaceFirst("^.*@", "***@")
              + "' "
              + complaint
                  .get()
                  .replace("username and", "--username and --")
                  .replace("-- p", "--p"));
    }
  }

  /** Finds a file that is not there before a server is asked. */
  void checkFiles() throws InputException {
    if (passwordFile != null) {
      InputFile.checkReadable("--password-file", passwordFile);
    }
    if (trustedCertificates != null) {
      Optional<String> complaint = MachineCheck.certificateComplaint(trustedCertificates);
      if (complaint.isPresent()) {
        throw new InputException(
            "--trusted-certificates: " + complaint.get().replaceFirst("^value ", ""));
      }
    }
  }

  Optional<String> username() {
    return Optional.ofNullable(username);
  }

  Optional<Path> passwordFile() {
    return Optional.ofNullable(passwordFile);
  }

  Optional<Path> trustedCertificates() {
    return Optional.ofNullable(trustedCertificates);
  }
}

// SPDX-License-Identifier: Apache-2.0
package io.pagestrata.daemon.command;

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
    return Optional.ofNullable(uri)
        .map(it -> new RemoteServer(it, username(), passwordFile(), trustedCertificates()));
  }

  /** Finds a file that is not there before a server is asked. */
  void checkFiles() throws InputException {
    if (passwordFile != null) {
      InputFile.checkReadable("--password-file", passwordFile);
    }
    if (trustedCertificates != null) {
      InputFile.checkReadable("--trusted-certificates", trustedCertificates);
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

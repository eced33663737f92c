// SPDX-License-Identifier: Apache-2.0
package io.pagestrata.daemon.command;

import java.nio.file.Path;
import java.util.Optional;
import picocli.CommandLine.Option;

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

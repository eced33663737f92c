// SPDX-License-Identifier: Apache-2.0
package io.pagestrata.config;

import io.pagestrata.core.InvalidConfigurationException;
import io.pagestrata.tiers.remote.Namespaces;
import io.pagestrata.tiers.remote.RemoteSettings;
import io.pagestrata.tiers.remote.RemoteUri;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/**
 * What stores keep, or have left, on the servers of remote tiers; the door to it for programs that
 * look after them. For one thread.
 */
public final class RemoteNamespaces implements AutoCloseable {
  private final Namespaces namespaces;

  /**
   * Connects.
   *
   * @param server such as {@code redis://127.0.0.1:6379}
   * @param username ACL user, or empty for the default user
   * @param passwordFile file whose first line is the password, or empty for none
   * @param trustedCertificates PEM file of authorities, or empty for those of the JDK
   * @throws InvalidConfigurationException when the server is not written as one
   * @throws IOException when it cannot be reached
   */
  public RemoteNamespaces(
      String server,
      Optional<String> username,
      Optional<Path> passwordFile,
      Optional<Path> trustedCertificates)
      throws IOException {
    namespaces =
        new Namespaces(
            new RemoteSettings.Access(
                RemoteTierSettings.serversOf(server), username, passwordFile, trustedCertificates));
  }

  /**
   * Looks whether a server is written as one.
   *
   * @param server any text
   * @return what is wrong with it, without repeating it
   */
  public static Optional<String> complaint(String server) {
    try {
      RemoteUri.parse(server);
      return Optional.empty();
    } catch (IllegalArgumentException e) {
      return Optional.of(e.getMessage() + "; expected " + RemoteUri.FORM);
    }
  }

  /**
   * Lists every run of every namespace.
   *
   * @return one line for each, or none
   * @throws IOException when a server does not answer
   */
  public List<String> list() throws IOException {
    return namespaces.list().stream()
        .map(
            it ->
                it.namespace()
                    + "  run "
                    + it.run()
                    + "  "
                    + it.zpages()
                    + " pages  "
                    + it.user().map(user -> "in use by " + user).orElse("left behind"))
        .toList();
  }

  /**
   * Removes what dead runs have left in a namespace.
   *
   * @param name the namespace
   * @return keys removed
   * @throws IOException when a store uses it and nothing is left of others, or a server does not
   *     answer
   */
  public long remove(String name) throws IOException {
    return namespaces.remove(name);
  }

  @Override
  public void close() {
    namespaces.close();
  }
}

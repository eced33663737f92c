// SPDX-License-Identifier: Apache-2.0
package io.pagestrata.daemon.command;

import io.pagestrata.config.RemoteNamespaces;
import io.pagestrata.daemon.input.InputException;
import java.io.IOException;
import java.io.PrintWriter;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** Shows and removes what stores have left on the servers of remote tiers. */
@Command(
    name = "remote",
    description = {
      "List what runs of stores keep on a Redis or Valkey server or cluster, by namespace, or remove"
          + " what dead ones left in a namespace.",
      "A store that is stopped leaves nothing there; one that was killed leaves its pages, which"
          + " nobody can read any more. One that lives is left alone."
    })
final class RemoteCommand implements Callable<Integer> {
  private static final String LIST = "list";
  private static final String REMOVE = "remove";

  @Spec private CommandSpec spec;

  @Parameters(paramLabel = "list|remove", description = "What to do.")
  private String action;

  @Option(
      names = "--remote",
      required = true,
      paramLabel = "URI",
      description =
          "Server, or one of a cluster: redis://host:port, or rediss://host:port with TLS.")
  private String server;

  @Option(
      names = "--namespace",
      paramLabel = "NAME",
      description = "Namespace to clear of what dead runs left.")
  private String namespace;

  @Mixin private LoginOptions login;

  @Override
  public Integer call() throws IOException, InputException {
    check();
    login.checkFiles();
    PrintWriter out = spec.commandLine().getOut();
    try (RemoteNamespaces namespaces =
        new RemoteNamespaces(
            server, login.username(), login.passwordFile(), login.trustedCertificates())) {
      if (action.equals(LIST)) {
        List<String> lines = namespaces.list();
        lines.forEach(out::println);
        if (lines.isEmpty()) {
          out.println("nothing there");
        }
      } else {
        out.println(namespaces.remove(namespace) + " keys removed");
      }
    }
    out.flush();
    return ExitStatus.OK;
  }

  private void check() {
    LoginOptions.checkServer(server, spec);
    if (!action.equals(LIST) && !action.equals(REMOVE)) {
      throw new ParameterException(
          spec.commandLine(), "'" + action + "' is not an action; expected list or remove");
    }
    if (action.equals(REMOVE) == (namespace == null)) {
      throw new ParameterException(
          spec.commandLine(), "--namespace NAME goes with remove, and only with it");
    }
  }
}

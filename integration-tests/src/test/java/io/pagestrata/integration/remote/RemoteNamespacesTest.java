// SPDX-License-Identifier: Apache-2.0
package io.pagestrata.integration.remote;

import static org.assertj.core.api.Assertions.assertThat;

import io.pagestrata.core.tier.TierState;
import io.pagestrata.daemon.command.Program;
import io.pagestrata.daemon.redis.LocalServer;
import io.pagestrata.integration.support.SmallStore;
import io.pagestrata.integration.support.TestServers;
import io.pagestrata.tiers.remote.RemoteSettings;
import io.pagestrata.tiers.remote.RemoteUri;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The command that shows and removes what killed stores have left on a server. */
class RemoteNamespacesTest {
  private static final long PID = ProcessHandle.current().pid();

  private final StringWriter out = new StringWriter();
  private final StringWriter err = new StringWriter();
  private LocalServer server;

  @TempDir private Path directory;

  @BeforeEach
  void start() throws IOException {
    server = TestServers.open();
    for (int i = 0; i < 30; i++) {
      server.ask("SET ps:dead:0badcafe:{00000000}" + (char) ('A' + i % 26) + i + " x");
    }
    server.ask("SET somebody:else 1");
  }

  @AfterEach
  void end() throws IOException {
    server.close();
  }

  private int run(String... args) {
    return new Program(new PrintWriter(out), new PrintWriter(err)).run(args);
  }

  @Test
  void leftOversAreListedAndRemovedAndNamespacesInUseAreNot() throws Exception {
    String uri = server.uri();
    try (RemoteRig rig = RemoteRig.open(directory, RemoteRig.settings(server.uri()))) {
      rig.put(0, 50, 1);
      rig.writeBack();
      assertThat(run("remote", "list", "--remote", uri)).isZero();
      assertThat(out.toString())
          .contains("dead  run 0badcafe  30 pages  left behind\n")
          .containsPattern("test  run [0-9a-f]{8}  50 pages  in use by process " + PID + " on .");

      assertThat(run("remote", "remove", "--remote", uri, "--namespace", "test")).isEqualTo(1);
      assertThat(err.toString()).contains("namespace test is in use by process " + PID);
      assertThat(run("remote", "remove", "--remote", uri, "--namespace", "dead")).isZero();
      assertThat(out.toString()).contains("30 keys removed");
      rig.assertPages(0, 50, 1);
      assertThat(server.keys()).isEqualTo(50 + 1 + 1);
    }
    assertThat(server.ask("GET somebody:else")).isEqualTo("$1");
  }

  // Three runs were in one namespace: one owns it, one was killed, and one was cut off for so long
  // that its place was taken, but still reads what it has there.
  @Test
  void whatADeadRunLeftInANamespaceInUseIsRemovedAndWhatLivingOnesKeepIsNot() throws Exception {
    for (int i = 0; i < 30; i++) {
      server.ask("SET ps:test:0badcafe:{00000000}" + (char) ('A' + i % 26) + i + " x");
    }
    try (RemoteRig rig = RemoteRig.open(directory, RemoteRig.settings(server.uri()))) {
      rig.put(0, 50, 1);
      rig.writeBack();
      server.ask("SET ps:test:owner 12345678");
      RemoteRig.await(
          "the other owner to be noticed", () -> rig.remote().state() == TierState.READ_ONLY);
      RemoteRig.await("a sign of life", () -> server.askAll("KEYS ps:test:*").contains(":alive"));
      String[] remove = {"remote", "remove", "--remote", server.uri(), "--namespace", "test"};
      assertThat(run(remove)).isZero();
      assertThat(out.toString()).contains("30 keys removed");
      assertThat(run(remove)).isEqualTo(1);
      rig.assertPages(0, 50, 1);
      assertThat(rig.file().reads()).isZero();

      server.ask("DEL ps:test:owner");
      RemoteRig.await("the namespace to be free", () -> rig.remote().state() == TierState.OPEN);
    }
    assertThat(server.keys()).as("those of others").isEqualTo(30 + 1);
  }

  // Two stores on one server, each in a namespace of its own: one ends, the other has all it had.
  @Test
  void storesWithNamespacesOfTheirOwnShareAServer(@TempDir Path second) throws Exception {
    RemoteSettings.Access access = RemoteSettings.Access.to(RemoteUri.parse(server.uri()));
    RemoteSettings own =
        RemoteSettings.of(access, "own", 32 << 20, 4096)
            .withTimeouts(RemoteRig.PATIENT, RemoteRig.PATIENT);
    try (RemoteRig first = RemoteRig.open(directory, own)) {
      first.put(0, 200, 1);
      RemoteRig other = RemoteRig.open(second, RemoteRig.settings(server.uri()));
      // What is left of it cannot be told from what the first has.
      try (SmallStore ending = other.small) {
        other.put(0, 200, 2);
        first.writeBack();
        other.writeBack();
        assertThat(server.keys()).isEqualTo(31 + 2 * 201);
        first.assertPages(0, 200, 1);
        other.assertPages(0, 200, 2);
        assertThat(ending.check()).isEqualTo(200);
      }
      assertThat(server.keys()).isEqualTo(31 + 201);
      first.assertPages(0, 200, 1);
      assertThat(first.file().reads()).isZero();
    }
  }

  @Test
  void aWrongCallIsExplained() {
    assertThat(run("remote", "burn", "--remote", server.uri())).isEqualTo(2);
    assertThat(run("remote", "remove", "--remote", server.uri())).isEqualTo(2);
    assertThat(run("remote", "list", "--remote", "redis://a:hush@b")).isEqualTo(2);
    assertThat(err.toString())
        .contains(
            "expected list or remove", "--namespace NAME", "--remote '***@b' has user or password")
        .doesNotContain("hush");
  }
}

// SPDX-License-Identifier: Apache-2.0
package io.pagestrata.integration.remote;

import static io.pagestrata.integration.remote.RemoteRig.await;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.pagestrata.core.tier.TierState;
import io.pagestrata.daemon.command.Program;
import io.pagestrata.daemon.redis.LocalServer;
import io.pagestrata.integration.support.LogLines;
import io.pagestrata.integration.support.TestServers;
import io.pagestrata.tiers.remote.RemoteSettings;
import io.pagestrata.tiers.remote.RemoteTier;
import io.pagestrata.tiers.remote.RemoteUri;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** A real server that speaks TLS alone and knows one user with few rights. */
@Timeout(120)
class RemoteLoginTest {
  /** What the tier needs, as the documentation gives it. */
  static final String RIGHTS =
      "~ps:* &* -@all +ping +hello +info +get +set +mget +mset +unlink +exists +wait +scan"
          + " +cluster|nodes";

  private static final Duration SHORT = Duration.ofSeconds(1);

  private static LocalServer server;
  private static Path certificate;
  private static Path password;

  @TempDir private static Path files;
  @TempDir private Path directory;

  @BeforeAll
  static void start() throws Exception {
    Certificate made = Certificate.make(files);
    certificate = made.file();
    password = Files.writeString(files.resolve("password"), "hush\n");
    Path acl = files.resolve("users.acl");
    Files.writeString(acl, "user default off\nuser strata on >hush " + RIGHTS + "\n");
    server =
        TestServers.open(
            "--port 0",
            "--tls-port PORT",
            "--tls-cert-file " + certificate,
            "--tls-key-file " + made.key(),
            "--tls-ca-cert-file " + certificate,
            "--tls-auth-clients no",
            "--aclfile " + acl);
    loadTheClient();
  }

  /** What the demo is refused for must come before it gives up waiting for an answer. */
  private static void loadTheClient() throws Exception {
    RemoteRig.refusal(
        Files.createDirectory(files.resolve("first")),
        settings(Optional.of("strata"), Optional.of(password), Optional.empty()));
  }

  @AfterAll
  static void end() throws IOException {
    server.close();
  }

  private static RemoteSettings settings(
      Optional<String> user, Optional<Path> secret, Optional<Path> authorities) {
    RemoteUri uri = new RemoteUri("127.0.0.1", server.port(), true);
    return RemoteSettings.of(
            new RemoteSettings.Access(List.of(uri), user, secret, authorities),
            "login",
            32 << 20,
            4096)
        .withTimeouts(RemoteRig.PATIENT, RemoteRig.PATIENT);
  }

  @Test
  void fewRightsAreEnough() throws Exception {
    RemoteSettings settings =
        settings(Optional.of("strata"), Optional.of(password), Optional.of(certificate));
    try (RemoteRig rig = RemoteRig.open(directory, settings)) {
      await("the tier to open", () -> rig.remote().state() == TierState.OPEN);
      rig.put(0, 500, 1);
      rig.writeBack();
      assertThat(rig.remote().zpages()).isEqualTo(500);
      rig.assertPages(0, 500, 1);
      assertThat(rig.small.check()).isEqualTo(500);
    }
  }

  @Test
  void theDemoLogsInAsItsOptionsSay() throws IOException {
    StringWriter out = new StringWriter();
    StringWriter err = new StringWriter();
    Path input = Files.write(directory.resolve("input"), RemoteRig.page(1, 1));
    String[] words = {
      "demo",
      "--input",
      input.toString(),
      "--remote",
      "rediss://127.0.0.1:" + server.port(),
      "--username",
      "strata",
      "--password-file",
      password.toString()
    };
    Program program = new Program(new PrintWriter(out), new PrintWriter(err));
    assertThat(program.run(words)).as("without the authority").isNotZero();
    assertThat(err.toString()).contains("--remote ", "unable to find valid certification path");

    String[] more = Arrays.copyOf(words, words.length + 2);
    more[words.length] = "--trusted-certificates";
    more[words.length + 1] = certificate.toString();
    assertThat(program.run(more)).as(err.toString()).isZero();
    assertThat(out.toString()).contains("remote");
  }

  @Test
  void aWrongPasswordIsRefusedAndNotRepeated() throws Exception {
    Path wrong = Files.writeString(files.resolve("wrong"), "open sesame\n");
    RemoteSettings settings =
        settings(Optional.of("strata"), Optional.of(wrong), Optional.of(certificate));
    assertThat(RemoteRig.refusal(directory, settings))
        .contains("WRONGPASS")
        .doesNotContain("sesame");
  }

  @Test
  void anUnknownAuthorityIsRefused() throws Exception {
    RemoteSettings settings =
        settings(Optional.of("strata"), Optional.of(password), Optional.empty());
    assertThat(RemoteRig.refusal(directory, settings))
        .contains("unable to find valid certification path");
  }

  @Test
  void tlsOnOneSideAloneIsTold() throws Exception {
    RemoteSettings plain =
        RemoteRig.settings("redis://127.0.0.1:" + server.port()).withTimeouts(SHORT, SHORT);
    assertThat(RemoteRig.refusal(directory, plain))
        .contains(server.port() + " speaks TLS there; write rediss://");
    try (LocalServer other = TestServers.open("--requirepass right")) {
      RemoteSettings tls =
          RemoteRig.settings("rediss://127.0.0.1:" + other.port()).withTimeouts(SHORT, SHORT);
      assertThat(RemoteRig.refusal(directory, tls))
          .contains(other.port() + " does not speak TLS there; write redis://");
    }
  }

  // The password is changed on the server, then in the file. What was connected is not any more.
  @Test
  void aPasswordIsChangedWhileTheTierIsInUse() throws Exception {
    Path file = Files.writeString(directory.resolve("password"), "old\n");
    try (LocalServer other = TestServers.open("--requirepass old")) {
      RemoteSettings settings =
          RemoteSettings.of(
              new RemoteSettings.Access(
                  List.of(RemoteUri.parse(other.uri())),
                  Optional.empty(),
                  Optional.of(file),
                  Optional.empty()),
              "login",
              32 << 20,
              4096);
      try (LogLines log = new LogLines(RemoteTier.class.getName());
          RemoteRig rig = RemoteRig.open(Files.createDirectory(directory.resolve("d")), settings)) {
        rig.put(0, 100, 1);
        rig.writeBack();
        other.askAll("AUTH old\r\nCONFIG SET requirepass new\r\nCLIENT KILL TYPE normal");
        String line = log.next();
        while (!line.contains("WRONGPASS")) {
          line = log.next();
        }
        assertThat(line).startsWith("ERROR").contains("passed over until that is mended");
        rig.assertPages(0, 100, 1);
        assertThat(rig.remote().state()).isEqualTo(TierState.READ_ONLY);

        Files.writeString(file, "new\n");
        await("the tier to open", () -> rig.remote().state() == TierState.OPEN);
        rig.put(100, 100, 1);
        rig.writeBack();
        assertThat(rig.remote().zpages()).isEqualTo(200);
        rig.assertPages(0, 200, 1);
      }
    }
  }

  @Test
  void aMissingPasswordFileIsNamed() {
    Path none = directory.resolve("none");
    RemoteSettings settings =
        settings(Optional.of("strata"), Optional.of(none), Optional.of(certificate));
    assertThatThrownBy(() -> RemoteRig.open(directory, settings).close())
        .hasMessageContaining(none.toString());
  }
}

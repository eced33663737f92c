// SPDX-License-Identifier: Apache-2.0
package io.pagestrata.daemon.command;

import static org.assertj.core.api.Assertions.assertThat;

import io.pagestrata.config.RemoteTierConfig;
import io.pagestrata.daemon.host.DatagramSocketFile;
import io.pagestrata.daemon.nbd.TestClient;
import io.pagestrata.daemon.serve.DefaultConfig;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.SocketAddress;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

@EnabledOnOs(OS.LINUX)
class RunCommandTest {
  private static final String GREETING = "NBDMAGICIHAVEOPT";
  private static final Pattern TCP_URI = Pattern.compile("  nbd://127\\.0\\.0\\.1:(\\d+)/default");

  @TempDir private Path directory;
  private final StringWriter out = new StringWriter();
  private final StringWriter err = new StringWriter();

  /** For starts that fail: those that succeed wait for a signal. */
  private int run(String... args) {
    return new Program(new PrintWriter(out, true), new PrintWriter(err, true)).run(args);
  }

  private Path config(String server) throws IOException {
    return Files.writeString(
        Files.createTempFile(directory, "daemon", ".yaml"),
        """
        tiers:
          - type: ram
            max-size: 32MiB
          - type: file
            directory: %s
            max-size: 64MiB
        server:
        %s
        """
            .formatted(directory.resolve("segments"), server.indent(2)));
  }

  private Path socket() {
    return directory.resolve("nbd.sock");
  }

  private Path config() throws IOException {
    return config("listen: [127.0.0.1:0, 'unix:" + socket() + "']");
  }

  private static int port(List<String> introduction) {
    return introduction.stream()
        .map(TCP_URI::matcher)
        .filter(Matcher::matches)
        .mapToInt(it -> Integer.parseInt(it.group(1)))
        .findFirst()
        .orElseThrow();
  }

  private static String greeting(SocketAddress address) throws IOException {
    try (SocketChannel client = SocketChannel.open(address)) {
      ByteBuffer greeting = ByteBuffer.allocate(GREETING.length());
      while (greeting.hasRemaining() && client.read(greeting) >= 0) {
        // Until the greeting is whole or the server is gone.
      }
      return new String(greeting.array(), StandardCharsets.US_ASCII);
    }
  }

  @Test
  void servesUntilItIsToldToStop() throws Exception {
    try (DaemonProcess daemon =
        DaemonProcess.start(directory, Map.of(), "run", "-c", config().toString())) {
      List<String> lines = daemon.introduction();
      assertThat(lines)
          .as(daemon.errors())
          .contains("export default: 8GiB")
          .contains("  nbd+unix:///default?socket=" + socket())
          .contains("  nbd-client -unix " + socket() + " /dev/nbd0 -N default -b 4096");
      assertThat(greeting(new InetSocketAddress(InetAddress.getLoopbackAddress(), port(lines))))
          .isEqualTo(GREETING);
      assertThat(greeting(UnixDomainSocketAddress.of(socket()))).isEqualTo(GREETING);
      daemon.terminate();
      assertThat(daemon.status()).as(daemon.errors()).isZero();
      assertThat(daemon.errors())
          .contains("pagestrata run: stopping", "pagestrata run: stopped")
          .doesNotContain("Exception");
    }
    assertThat(socket()).doesNotExist();
  }

  /** The request that never ends is one whose reply the client does not read. */
  @Test
  void aSecondSignalEndsADrainAtOnce() throws Exception {
    Path config = config("listen: ['unix:" + socket() + "']\nstop-timeout: 1h");
    try (DaemonProcess daemon =
        DaemonProcess.start(directory, Map.of(), "run", "-c", config.toString())) {
      assertThat(daemon.introduction()).as(daemon.errors()).isNotEmpty();
      try (TestClient client = new TestClient(socket())) {
        client.go("default");
        client.sendRead(1, 0, 32 << 20);
        assertThat(client.in.readInt()).as("the reply has begun").isNotZero();
        daemon.terminate();
        daemon.awaitError("pagestrata run: stopping");
        daemon.terminate();
        assertThat(daemon.status()).isEqualTo(143);
      }
      assertThat(daemon.errors()).doesNotContain("stopped", "Exception");
    }
    try (DaemonProcess next =
        DaemonProcess.start(directory, Map.of(), "run", "-c", config.toString())) {
      assertThat(next.introduction()).as(next.errors()).contains("export default: 8GiB");
      next.terminate();
      assertThat(next.status()).as("what was left behind is no hindrance").isZero();
    }
  }

  @Test
  void anAddressThatMeansAllIsShownAsOneThatClientsCanName() throws Exception {
    Path config = config("listen: ['0.0.0.0:0']");
    try (DaemonProcess daemon =
        DaemonProcess.start(directory, Map.of(), "run", "-c", config.toString())) {
      assertThat(daemon.introduction())
          .as(daemon.errors())
          .anyMatch(it -> it.matches("  nbd://127\\.0\\.0\\.1:\\d+/default \\(other machines .*"))
          .noneMatch(it -> it.contains("0.0.0.0"));
      assertThat(daemon.errors()).contains("warning: 0.0.0.0:0 can be reached");
      daemon.terminate();
      assertThat(daemon.status()).isZero();
    }
  }

  @Test
  void tellsTheServiceManager() throws Exception {
    String notify = directory.resolve("notify").toString();
    try (DatagramSocketFile manager = new DatagramSocketFile(notify);
        DaemonProcess daemon =
            DaemonProcess.start(
                directory, Map.of("NOTIFY_SOCKET", notify), "run", "-c", config().toString())) {
      assertThat(daemon.introduction()).as(daemon.errors()).isNotEmpty();
      assertThat(manager.receive()).isEqualTo("READY=1\nSTATUS=serves default");
      daemon.terminate();
      assertThat(manager.receive()).isEqualTo("STOPPING=1");
      assertThat(daemon.status()).isZero();
    }
  }

  @Test
  void theDefaultConfigurationServes() throws Exception {
    assertThat(run("run", "--show-config", "--directory", directory.toString())).isZero();
    Path shown =
        Files.writeString(
            directory.resolve("shown.yaml"),
            out.toString().replace("127.0.0.1:10809", "127.0.0.1:0"));
    Path log = directory.resolve("monitor.log");
    Path stats = directory.resolve("stats.json");
    try (DaemonProcess daemon =
        DaemonProcess.start(
            directory,
            Map.of(),
            "run",
            "-c",
            shown.toString(),
            "--log-file",
            log.toString(),
            "--stats-file",
            stats.toString())) {
      assertThat(daemon.introduction()).as(daemon.errors()).contains("export default: 8GiB");
      assertThat(log).exists();
      daemon.terminate();
      assertThat(daemon.status()).isZero();
      // In lines of ours: a JVM has warnings of its own.
      assertThat(daemon.errors())
          .doesNotContainPattern("(?m)^pagestrata.*warn")
          .doesNotContain(" WARN ");
    }
    assertThat(Files.readString(stats))
        .contains("\"putsRefusedFull\" : 0", "\"corruptPages\" : 0")
        .contains("\"name\" : \"dense\"", "\"state\" : \"OPEN\"", "\"scrubbing\" : {");
  }

  @Test
  void showingTheConfigurationMakesNothing() {
    Path missing = directory.resolve("not/there");
    Path log = directory.resolve("log");
    assertThat(
            run(
                "run",
                "--show-config",
                "--directory",
                missing.toString(),
                "--log-file",
                log.toString()))
        .as(err.toString())
        .isZero();
    assertThat(out.toString()).contains("directory: '" + missing + "/segments'");
    assertThat(missing.getParent()).doesNotExist();
    assertThat(log).doesNotExist();
  }

  /** A later daemon removes left-overs of others, which are directories with a number. */
  @Test
  void theDirectoryThatIsShownIsOneToKeep() {
    assertThat(run("run", "--show-config")).as(err.toString()).isZero();
    if (System.getenv("STATE_DIRECTORY") == null) {
      assertThat(out.toString()).containsPattern("directory: '.*/pagestrata/segments'");
    }
  }

  /** Nobody may make directories in /proc, whoever it is. */
  @Test
  void aDirectoryThatCannotBeMadeIsToldWithTheReason() {
    assertThat(run("run", "--directory", "/proc/x")).isEqualTo(2);
    assertThat(err.toString().strip())
        .isEqualTo("pagestrata run: cannot use /proc/x as a directory: no such file: /proc/x");
  }

  @Test
  void aServerAndItsLoginComeFromTheCommandLine() {
    String[] words = {
      "run",
      "--show-config",
      "--directory",
      directory.toString(),
      "--remote",
      "rediss://127.0.0.1:7000",
      "--username",
      "strata",
      "--password-file",
      "/it's one",
      "--trusted-certificates",
      "/ca.pem"
    };
    assertThat(run(words)).isZero();
    RemoteTierConfig remote =
        (RemoteTierConfig) DefaultConfig.read(out.toString()).store().tiers().get(2);
    assertThat(remote.servers()).singleElement().hasToString("rediss://127.0.0.1:7000");
    assertThat(remote.username()).contains("strata");
    assertThat(remote.passwordFile()).contains(Path.of("/it's one"));
    assertThat(remote.trustedCertificates()).contains(Path.of("/ca.pem"));
  }

  @Test
  void aPasswordInAUriIsNotShown() {
    String[] words = {"run", "--show-config", "--remote", "redis://u:hush@localhost"};
    assertThat(run(words)).isEqualTo(2);
    assertThat(err.toString()).contains("***@localhost", "password-file");
    assertThat(out + err.toString()).doesNotContain("hush");
  }

  @Test
  void aDirectoryHasOneOwner() throws Exception {
    Path config = config();
    try (DaemonProcess daemon =
        DaemonProcess.start(directory, Map.of(), "run", "-c", config.toString())) {
      assertThat(daemon.introduction()).isNotEmpty();
      assertThat(run("run", "-c", config.toString())).isEqualTo(4);
      assertThat(err.toString().lines()).hasSize(1);
      assertThat(err.toString())
          .startsWith("pagestrata run: " + config + ":5:16: key 'tiers[1].directory': value '");
      daemon.terminate();
      assertThat(daemon.status()).isZero();
    }
  }

  /** A slip of the pen in an address must not cost a file; only an abandoned socket may go. */
  @Test
  void whatIsNoSocketStaysWhereItIs() throws IOException {
    Path file = Files.writeString(directory.resolve("letter"), "dear reader");
    Path empty = Files.createDirectory(directory.resolve("empty"));
    Path link = Files.createSymbolicLink(directory.resolve("link"), file);
    for (Path taken : List.of(file, empty, link)) {
      String config = config("listen: ['unix:" + taken + "']").toString();
      assertThat(run("run", "-c", config)).isEqualTo(3);
      assertThat(err.toString())
          .contains("pagestrata run: cannot listen on " + taken + ": there is something else");
    }
    assertThat(err.toString()).hasLineCount(3);
    assertThat(file).hasContent("dear reader");
    assertThat(empty).isEmptyDirectory();
    assertThat(link).isSymbolicLink();
  }

  @Test
  void aTakenPortIsOneLine() throws IOException {
    try (ServerSocket taken = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      String address = "127.0.0.1:" + taken.getLocalPort();
      assertThat(run("run", "-c", config("listen: [" + address + "]").toString())).isEqualTo(3);
      assertThat(err.toString().lines()).hasSize(1);
      assertThat(err.toString())
          .isEqualToIgnoringNewLines(
              "pagestrata run: cannot listen on " + address + ": Address already in use");
    }
    assertThat(run("run", "-c", config("listen: ['no.such.host.invalid:1']").toString()))
        .isEqualTo(3);
    assertThat(err.toString()).contains("cannot listen on no.such.host.invalid:1: no such host");
  }

  @Test
  void filesOfTlsMustBeThereAndRight() throws IOException {
    Path wrong = Files.writeString(directory.resolve("wrong.pem"), "not a certificate\n");
    String tls = "listen: ['127.0.0.1:0']\ntls: {mode: required, certificate: %s, key: %s}\n";
    Path absent = directory.resolve("absent.pem");
    Path config = config(tls.formatted(absent, wrong));
    assertThat(run("run", "-c", config.toString())).isEqualTo(5);
    assertThat(err.toString())
        .isEqualTo(
            "pagestrata run: "
                + config
                + ":9:38: key 'server.tls.certificate': value '"
                + absent
                + "' cannot be read; expected a PEM file"
                + System.lineSeparator());
    assertThat(run("run", "-c", config(tls.formatted(wrong, wrong)).toString())).isEqualTo(5);
    assertThat(err.toString().lines()).hasSize(2);
    assertThat(run("run", "-c", config(tls.formatted(absent, absent)).toString())).isEqualTo(5);
    assertThat(err.toString().lines()).as("one more for each file").hasSize(4);
  }

  // Opening works, reading does not, for root as well.
  @Test
  void aFileThatCannotBeReadIsAWrongFile() {
    for (String[] words : new String[][] {{"run", "-c"}, {"check-config"}}) {
      List<String> args = new ArrayList<>(List.of(words));
      args.add("/proc/self/mem");
      assertThat(run(args.toArray(String[]::new))).isEqualTo(2);
      assertThat(err.toString())
          .startsWith("pagestrata " + words[0] + ": cannot read the configuration: ")
          .hasLineCount(1);
      err.getBuffer().setLength(0);
    }
  }

  @Test
  void wrongValuesAndOptionsAreOneLineEach() throws IOException {
    Path config = config("listen: [here]");
    assertThat(run("run", "-c", config.toString())).isEqualTo(2);
    assertThat(err.toString())
        .startsWith("pagestrata run: " + config + ":8:11: key 'server.listen': value 'here' is not")
        .hasLineCount(1);
    assertThat(run("run", "-c", "a.yaml", "--directory", "d")).isEqualTo(2);
    assertThat(run("run", "-c", "absent.yaml")).isEqualTo(2);
    assertThat(run("run", "--log-file", "/no/such/directory/log")).isEqualTo(2);
    assertThat(err.toString())
        .contains(
            "pagestrata run: --directory has no meaning with a configuration file; see"
                + " 'pagestrata run --help'",
            "pagestrata run: no such file: absent.yaml",
            "pagestrata run: cannot write the log /no/such/directory/log: "
                + "there is no directory /no/such/directory");
  }

  @Test
  void swapSafetyIsNotClaimedWithoutTheLauncher() throws Exception {
    try (DaemonProcess daemon =
        DaemonProcess.start(directory, Map.of(), "run", "--swap-safe", "-c", config().toString())) {
      assertThat(daemon.introduction()).isEmpty();
      assertThat(daemon.status()).isEqualTo(6);
      assertThat(daemon.errors())
          .contains("pagestrata run: not safe for swap of this machine: not an I/O flusher: ");
    }
  }

  @Test
  void statusesAreInTheHelp() {
    assertThat(run("run", "--help")).isZero();
    assertThat(out.toString()).contains("3 ", "a port that is taken", "143");
  }
}

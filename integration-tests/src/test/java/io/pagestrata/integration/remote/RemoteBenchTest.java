// SPDX-License-Identifier: Apache-2.0
package io.pagestrata.integration.remote;

import static org.assertj.core.api.Assertions.assertThat;

import io.pagestrata.daemon.command.Program;
import io.pagestrata.daemon.redis.LocalServer;
import io.pagestrata.integration.support.TestServers;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** The benchmark of the remote tier, on servers of its own and on one that is there. */
class RemoteBenchTest {
  private static final List<String> SMALL =
      List.of("bench", "remote", "--rounds", "1", "--seconds", "0.01", "--sample", "192");

  private final StringWriter out = new StringWriter();
  private final StringWriter err = new StringWriter();

  private int run(String... more) {
    List<String> args = new ArrayList<>(SMALL);
    args.addAll(List.of(more));
    return new Program(new PrintWriter(out), new PrintWriter(err)).run(args.toArray(new String[0]));
  }

  @Test
  void figuresStandBesideTheBareClientOnAServerThatIsThere() throws Exception {
    try (LocalServer server = TestServers.open()) {
      assertThat(run("--remote", server.uri())).as(err.toString()).isZero();
      assertThat(out.toString())
          .contains("pages stored, servers", "pages fetched, servers", "limit: MGET of 64")
          .contains("refault p50, servers", "refault p99, servers")
          .doesNotContain("hangs");
      assertThat(err.toString()).contains("is measured without --remote only");
      assertThat(server.keys()).as("what is left on the server").isZero();
    }
  }

  @Test
  void aHangIsMeasuredOnAServerOfItsOwn() throws Exception {
    assertThat(run("--server", TestServers.binary().toString(), "--only", "hang"))
        .as(err.toString())
        .isZero();
    assertThat(out.toString()).contains("gets from RAM and disk, a server hangs");
  }

  @Tag("stress")
  @Test
  void aDyingMasterIsMeasuredInAClusterOfItsOwn() throws Exception {
    assertThat(run("--server", TestServers.binary().toString(), "--only", "batch,failover"))
        .as(err.toString())
        .isZero();
    assertThat(out.toString())
        .contains("pages stored, cluster", "a master dies", "writes reach its shard again after");
  }

  @Test
  void aServerThatCannotBeUsedIsOneLine() throws Exception {
    LocalServer server = TestServers.open("--maxmemory-policy allkeys-lru");
    assertThat(run("--remote", server.uri())).isEqualTo(1);
    server.close();
    assertThat(run("--remote", server.uri())).isEqualTo(1);
    assertThat(run("--remote", server.uri(), "--password-file", "/nowhere")).isEqualTo(2);
    assertThat(run("--server", "/nowhere", "--only", "batch")).isEqualTo(2);
    assertThat(run("--server", "/bin/false", "--only", "batch")).isEqualTo(1);
    assertThat(run("--remote", server.uri(), "--server", "x")).isEqualTo(2);
    assertThat(run("--remote", "redis://a:hush@b")).isEqualTo(2);
    assertThat(err.toString().lines().filter(line -> line.startsWith("pagestrata bench remote: ")))
        .satisfiesExactly(
            line -> assertThat(line).contains("maxmemory-policy is allkeys-lru"),
            line -> assertThat(line).contains("Connection refused"),
            line -> assertThat(line).endsWith("--password-file: /nowhere cannot be read"),
            line -> assertThat(line).contains("/nowhere is no program that can be started"),
            line -> assertThat(line).contains("did not start", "/bin/false"),
            line -> assertThat(line).contains("--server has no meaning with --remote"),
            line -> assertThat(line).contains("--remote '***@b' has user").doesNotContain("hush"));
  }
}

// SPDX-License-Identifier: Apache-2.0
package io.pagestrata.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.pagestrata.Pagestrata;
import io.pagestrata.PagestrataBuilder;
import io.pagestrata.RemoteTierBuilder;
import io.pagestrata.tiers.remote.RemoteUri;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;

/** Settings of a remote tier, and where in a chain it may stand. */
class RemoteTierConfigTest {
  private static final String SERVER = "redis://localhost:6379";

  private static PagestrataBuilder ram() {
    return Pagestrata.builder().ram(ram -> ram.maxSize("256MiB"));
  }

  private static PagestrataBuilder chain(Consumer<RemoteTierBuilder> options) {
    return ram().remote(options).file(file -> file.directory("/d").maxSize("8GiB"));
  }

  private static void assertRefused(PagestrataBuilder builder, String... words) {
    assertThatThrownBy(builder::build).hasMessageContainingAll(words);
  }

  @Test
  void everyOptionReachesTheConfiguration() {
    PagestrataConfig config =
        chain(
                remote ->
                    remote
                        .servers("rediss://a:7000", "valkeys://b")
                        .maxSize("1GiB")
                        .namespace("swap-7")
                        .username("strata")
                        .passwordFile(Path.of("/secret"))
                        .trustedCertificates(Path.of("/ca.pem"))
                        .safeByReplicas(2)
                        .timeout(Duration.ofMillis(300))
                        .readTimeout(Duration.ofMillis(30)))
            .build();
    assertThat(config.tiers().get(1))
        .isEqualTo(
            new RemoteTierConfig(
                List.of(new RemoteUri("a", 7000, true), new RemoteUri("b", 6379, true)),
                1L << 30,
                "swap-7",
                Optional.of("strata"),
                Optional.of(Path.of("/secret")),
                Optional.of(Path.of("/ca.pem")),
                RemoteSafety.REPLICAS,
                2,
                Duration.ofMillis(300),
                Duration.ofMillis(30)));
  }

  @Test
  void aPasswordInAUriIsRefusedAndNotRepeated() {
    PagestrataBuilder builder =
        chain(remote -> remote.servers("redis://strata:hush@localhost:6379").maxSize("1GiB"));
    assertThatThrownBy(builder::build)
        .hasMessageContainingAll("***@localhost", "password-file")
        .hasMessageNotContaining("hush");
  }

  // Whatever is wrong with it: none of these is taken apart as its writer meant it.
  @Test
  void whatMayBeAPasswordIsNeverRepeated() {
    List<String> wrong =
        List.of(
            "redis://u:sesame",
            "redis://u:open, sesame, open@localhost",
            "redis://u:open,sesame@localhost",
            "redis://u:open sesame@localhost",
            "redis://u:open]sesame@localhost",
            "redis://u@localhost:6379 sesame",
            "redis://localhost?password=sesame",
            "redis://localhost#sesame",
            "http://localhost/sesame",
            "redis://localhost, redis://u:sesame@localhost");
    for (String server : wrong) {
      assertThatThrownBy(chain(remote -> remote.servers(server).maxSize("1GiB"))::build)
          .hasMessageContaining("***")
          .hasMessageNotContaining("sesame");
    }
  }

  @Test
  void aServerThatIsNoneIsRefused() {
    for (String wrong : List.of("http://a:1", "localhost", "redis://", "redis://a:1/0?x=y")) {
      assertRefused(chain(remote -> remote.servers(wrong).maxSize("1GiB")), "redis://host:port");
    }
    for (String plain : List.of("http://a:1", "localhost")) {
      assertRefused(chain(remote -> remote.servers(plain).maxSize("1GiB")), "'[" + plain + "]'");
    }
    assertRefused(
        chain(remote -> remote.servers("redis://a", "rediss://b").maxSize("1GiB")),
        "some servers have TLS");
  }

  @Test
  void aMirrorNeedsAFileTierBelow() {
    assertRefused(
        ram().remote(remote -> remote.servers(SERVER).maxSize("1GiB")),
        "'mirror' needs a tier of type file below");
    ram().remote(remote -> remote.servers(SERVER).maxSize("1GiB").safeByReplicas(1)).build();
  }

  @Test
  void aRemoteTierStandsRightBelowRam() {
    assertRefused(
        chain(remote -> remote.servers(SERVER).maxSize("1GiB"))
            .remote(remote -> remote.servers(SERVER).maxSize("1GiB")),
        "expected one remote tier, between ram and file");
  }
}

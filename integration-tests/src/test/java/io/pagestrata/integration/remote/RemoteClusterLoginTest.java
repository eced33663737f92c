// SPDX-License-Identifier: Apache-2.0
package io.pagestrata.integration.remote;

import static io.pagestrata.integration.remote.RemoteRig.await;
import static org.assertj.core.api.Assertions.assertThat;

import io.pagestrata.core.tier.TierState;
import io.pagestrata.daemon.redis.LocalCluster;
import io.pagestrata.integration.support.TestServers;
import io.pagestrata.tiers.remote.Namespaces;
import io.pagestrata.tiers.remote.RemoteSettings;
import io.pagestrata.tiers.remote.RemoteUri;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * A real cluster whose members speak TLS among themselves and with the tier, which logs in to each
 * of them as a user with few rights. Beside that they listen in plain text, for the test alone.
 */
@Timeout(120)
class RemoteClusterLoginTest {
  private Certificate certificate;
  private Path password;
  private LocalCluster cluster;

  @TempDir private Path files;
  @TempDir private Path directory;

  @BeforeEach
  void start() throws Exception {
    certificate = Certificate.make(files);
    password = Files.writeString(files.resolve("password"), "hush\n");
    Path users =
        Files.writeString(
            files.resolve("users.acl"),
            "user default on nopass ~* &* +@all\nuser strata on >hush "
                + RemoteLoginTest.RIGHTS
                + "\n");
    cluster =
        TestServers.openCluster(
            "--tls-port OTHER",
            "--tls-cluster yes",
            "--tls-replication yes",
            "--tls-cert-file " + certificate.file(),
            "--tls-key-file " + certificate.key(),
            "--tls-ca-cert-file " + certificate.file(),
            "--tls-auth-clients no",
            "--aclfile " + users);
  }

  @AfterEach
  void end() throws IOException {
    cluster.close();
  }

  private RemoteSettings settings(Optional<Path> authorities) {
    return RemoteSettings.of(access(authorities), "login", 32 << 20, 4096)
        .withTimeouts(RemoteRig.PATIENT, RemoteRig.PATIENT);
  }

  private RemoteSettings.Access access(Optional<Path> authorities) {
    RemoteUri uri = new RemoteUri("127.0.0.1", cluster.master(0).tlsPort(), true);
    return new RemoteSettings.Access(
        List.of(uri), Optional.of("strata"), Optional.of(password), authorities);
  }

  // Every shard is used; one dies, and the replica that takes over is logged in to as well.
  @Test
  void everyServerOfAClusterIsLoggedInTo() throws Exception {
    assertThat(RemoteRig.refusal(directory, settings(Optional.empty())))
        .contains("unable to find valid certification path");
    Optional<Path> authorities = Optional.of(certificate.file());
    try (RemoteRig rig = RemoteRig.open(directory, settings(authorities))) {
      await("the tier to open", () -> rig.remote().state() == TierState.OPEN);
      rig.put(0, 2000, 1);
      rig.writeBack();
      assertThat(rig.remote().zpages()).isEqualTo(2000);
      for (int i = 0; i < 3; i++) {
        assertThat(cluster.keys(i)).as("keys of shard %d", i).isPositive();
        assertThat(cluster.master(i).askAll("CLIENT LIST"))
            .as("connections of the tier")
            .contains("user=strata");
      }
      rig.assertPages(0, 2000, 1);
      assertThat(rig.file().reads()).isZero();
      try (Namespaces namespaces = new Namespaces(access(authorities))) {
        assertThat(namespaces.list())
            .singleElement()
            .satisfies(run -> assertThat(run.zpages()).isEqualTo(2000));
      }

      cluster.master(1).kill();
      rig.assertPages(0, 2000, 1);
      await(
          "the replica to be master and used",
          () -> cluster.replica(1).askAll("CLIENT LIST").contains("user=strata"));
      await("the tier to open", () -> rig.remote().state() == TierState.OPEN);
      rig.put(3000, 500, 1);
      rig.writeBack();
      rig.assertPages(0, 2000, 1);
      rig.assertPages(3000, 500, 1);
      assertThat(rig.small.check()).isEqualTo(2500);
    }
  }
}

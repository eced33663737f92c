// SPDX-License-Identifier: Apache-2.0
package io.pagestrata.tiers.remote;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class ServerInfoTest {
  private static final String SOUND =
      """
      # Server\r
      run_id:4b1c\r
      # Memory\r
      used_memory:950\r
      maxmemory:1000\r
      maxmemory_policy:noeviction\r
      # Stats\r
      expired_keys:3\r
      evicted_keys:0\r
      # Replication\r
      role:master\r
      master_replid:8fa0\r
      connected_slaves:2\r
      # Cluster\r
      cluster_enabled:1\r
      # Keyspace\r
      db0:keys=1234,expires=1,avg_ttl=9000\r
      """;

  @Test
  void theFieldsAreRead() {
    assertThat(ServerInfo.parse(SOUND))
        .isEqualTo(
            new ServerInfo("4b1c", true, true, "8fa0", 2, "noeviction", 1000, 950, 0, 3, 1234));
    assertThat(ServerInfo.parse(SOUND).complaint()).isNull();
  }

  @Test
  void whatTheServerDoesNotSayIsNothingOrUnsafe() {
    ServerInfo info = ServerInfo.parse("redis_version:7.0.15\r\nrole:slave\r\n");
    assertThat(info.master()).isFalse();
    assertThat(info.cluster()).isFalse();
    assertThat(info.keys()).isZero();
    assertThat(info.complaint()).contains("maxmemory-policy is unknown", "set it to noeviction");
  }

  @Test
  void everyPolicyThatDropsKeysIsRefused() {
    for (String policy : new String[] {"allkeys-lru", "volatile-ttl", "allkeys-random"}) {
      ServerInfo info = ServerInfo.parse(SOUND.replace("noeviction", policy));
      assertThat(info.complaint()).contains(policy);
    }
  }

  @Test
  void roomIsAShareThatIsFree() {
    assertThat(ServerInfo.parse(SOUND).hasRoom()).isFalse();
    assertThat(ServerInfo.parse(SOUND.replace(":950", ":949")).hasRoom()).isTrue();
    assertThat(ServerInfo.parse(SOUND.replace("maxmemory:1000", "maxmemory:0")).hasRoom()).isTrue();
  }
}

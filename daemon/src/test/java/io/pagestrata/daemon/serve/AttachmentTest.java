// SPDX-License-Identifier: Apache-2.0
package io.pagestrata.daemon.serve;

import static org.assertj.core.api.Assertions.assertThat;

import io.pagestrata.config.ExportConfig;
import io.pagestrata.config.ListenAddress;
import io.pagestrata.config.yaml.YamlConfig;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class AttachmentTest {
  private static final String STORE = "tiers:\n- type: ram\n  max-size: 64MiB\n";

  private static ExportConfig export() {
    return YamlConfig.parseDaemon("f", STORE.getBytes(StandardCharsets.UTF_8)).exports().get(0);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          127.0.0.1:10809  | false | nbd://127.0.0.1:10809/default
          '[::1]:1'        | true  | nbds://[::1]:1/default
          unix:/run/n.sock | false | nbd+unix:///default?socket=/run/n.sock
          unix:/a b/n.sock | true  | nbds+unix:///default?socket=/a%20b/n.sock
          """)
  void everyAddressHasAUri(String address, boolean encrypted, String uri) {
    assertThat(new Attachment(ListenAddress.parse(address), false, export(), encrypted).uri())
        .isEqualTo(uri);
  }

  @Test
  void commandsAreReadyForAShell() {
    Attachment tcp = new Attachment(ListenAddress.parse("127.0.0.1:7"), false, export(), false);
    assertThat(tcp.nbdClient()).isEqualTo("nbd-client 127.0.0.1 7 /dev/nbd0 -N default -b 4096");
    assertThat(tcp.qemu())
        .isEqualTo("-drive file=nbd://127.0.0.1:7/default,format=raw,if=virtio,discard=unmap");
    Attachment unix = new Attachment(ListenAddress.parse("unix:/a b"), false, export(), false);
    assertThat(unix.nbdClient()).isEqualTo("nbd-client -unix '/a b' /dev/nbd0 -N default -b 4096");
  }

  @ParameterizedTest
  @CsvSource({
    "0.0.0.0:7, 127.0.0.1:7",
    "[::]:7, [::1]:7",
    "[0:0:0:0:0:0:0:0]:7, [::1]:7",
    "127.0.0.1:7,",
    "[::1]:7,",
    "unix:/s,"
  })
  void anAddressThatNoClientCanNameHasOneThatItCan(String all, String loopback) {
    assertThat(Exposure.loopbackOfAll(ListenAddress.parse(all)).map(ListenAddress::text))
        .isEqualTo(Optional.ofNullable(loopback));
  }

  @Test
  void whatOthersReachUnencryptedIsAWarning() throws StartException {
    assertThat(warnings("127.0.0.1:1", "off")).isEmpty();
    assertThat(warnings("unix:/s", "off")).isEmpty();
    assertThat(warnings("0.0.0.0:1", "required")).isEmpty();
    assertThat(warnings("0.0.0.0:1", "optional"))
        .singleElement()
        .asString()
        .startsWith("0.0.0.0:1 can be reached from other machines, and server.tls.mode is not");
    assertThat(warnings("0.0.0.0:1", "off")).hasSize(1);
  }

  private static List<String> warnings(String address, String mode) throws StartException {
    String yaml =
        STORE
            + "server: {listen: ['"
            + address
            + "'], tls: {certificate: c, key: k, mode: "
            + mode
            + "}}\n";
    return Exposure.warnings(
        YamlConfig.parseDaemon("f", yaml.getBytes(StandardCharsets.UTF_8)).server());
  }
}

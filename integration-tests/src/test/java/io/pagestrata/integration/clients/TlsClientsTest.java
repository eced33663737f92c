// SPDX-License-Identifier: Apache-2.0
package io.pagestrata.integration.clients;

import static io.pagestrata.integration.clients.ClientProgram.run;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.pagestrata.daemon.nbd.NbdTls;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** TLS as libnbd speaks it, with certificates on both sides. */
@Timeout(value = 120, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class TlsClientsTest {
  @TempDir Path directory;

  @BeforeEach
  void makeCertificates() throws Exception {
    ClientProgram.assumeInstalled("nbdinfo");
    run(
        directory,
        "openssl",
        "req",
        "-x509",
        "-newkey",
        "ec",
        "-pkeyopt",
        "ec_paramgen_curve:prime256v1",
        "-nodes",
        "-keyout",
        "ca-key.pem",
        "-out",
        "ca-cert.pem",
        "-subj",
        "/CN=authority",
        "-days",
        "2");
    makeCertificate("server", "127.0.0.1");
    makeCertificate("client", "guest");
  }

  private void makeCertificate(String file, String name) throws Exception {
    run(
        directory,
        "openssl",
        "req",
        "-newkey",
        "ec",
        "-pkeyopt",
        "ec_paramgen_curve:prime256v1",
        "-nodes",
        "-keyout",
        file + "-key.pem",
        "-out",
        file + ".csr",
        "-subj",
        "/CN=" + name);
    Path extensions =
        Files.writeString(directory.resolve(file + ".ext"), "subjectAltName=IP:127.0.0.1\n");
    run(
        directory,
        "openssl",
        "x509",
        "-req",
        "-in",
        file + ".csr",
        "-CA",
        "ca-cert.pem",
        "-CAkey",
        "ca-key.pem",
        "-CAcreateserial",
        "-out",
        file + "-cert.pem",
        "-days",
        "2",
        "-extfile",
        extensions.toString());
  }

  private NbdTls required() {
    return new NbdTls(
        NbdTls.Mode.REQUIRED,
        directory.resolve("server-cert.pem"),
        directory.resolve("server-key.pem"),
        Optional.of(directory.resolve("ca-cert.pem")));
  }

  private String withCertificates(String uri) {
    return uri + "?tls-certificates=" + directory;
  }

  @Test
  void aClientOnTheAllowListIsServed() throws Exception {
    try (ServedStore served = ServedStore.open(directory, required(), Set.of("CN=guest"))) {
      assertThat(served.tcpUri()).startsWith("nbds://");
      assertThat(run(directory, "nbdinfo", "--size", withCertificates(served.tcpUri())))
          .contains(String.valueOf(ServedStore.DISK_BYTES));
    }
  }

  @Test
  void whoIsNotOnTheListOrNotEncryptedGetsNoExport() throws Exception {
    try (ServedStore served = ServedStore.open(directory, required(), Set.of("CN=another"))) {
      String encrypted = withCertificates(served.tcpUri());
      String plain = served.tcpUri().replace("nbds:", "nbd:");
      for (String uri : new String[] {encrypted, plain}) {
        assertThatThrownBy(() -> run(directory, "nbdinfo", "--size", uri))
            .isInstanceOf(AssertionError.class)
            .hasMessageContaining("nbd_connect_uri");
      }
    }
  }
}

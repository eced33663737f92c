// SPDX-License-Identifier: Apache-2.0
package io.pagestrata.integration.remote;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyStore;
import java.util.Base64;
import java.util.List;

/**
 * A certificate of 127.0.0.1 that vouches for itself, and its key, in files as servers read them.
 */
record Certificate(Path file, Path key) {
  private static final String STORE_PASSWORD = "changeit";

  /** Makes one in a folder. */
  static Certificate make(Path files) throws Exception {
    Path certificate = files.resolve("cert.pem");
    Path key = files.resolve("key.pem");
    Path store = files.resolve("store.p12");
    List<String> command =
        List.of(
            Path.of(System.getProperty("java.home"), "bin", "keytool").toString(),
            "-genkeypair",
            "-alias",
            "a",
            "-keyalg",
            "EC",
            "-dname",
            "CN=test",
            "-ext",
            "san=ip:127.0.0.1",
            "-validity",
            "30",
            "-keystore",
            store.toString(),
            "-storetype",
            "PKCS12",
            "-storepass",
            STORE_PASSWORD);
    Process keytool = new ProcessBuilder(command).inheritIO().start();
    assertThat(keytool.waitFor()).isZero();
    KeyStore opened = KeyStore.getInstance("PKCS12");
    try (InputStream in = Files.newInputStream(store)) {
      opened.load(in, STORE_PASSWORD.toCharArray());
    }
    writePem(certificate, "CERTIFICATE", opened.getCertificate("a").getEncoded());
    writePem(key, "PRIVATE KEY", opened.getKey("a", STORE_PASSWORD.toCharArray()).getEncoded());
    return new Certificate(certificate, key);
  }

  private static void writePem(Path file, String what, byte[] content) throws IOException {
    String lines = Base64.getMimeEncoder(64, new byte[] {'\n'}).encodeToString(content);
    String pem = "-----BEGIN " + what + "-----\n" + lines + "\n-----END " + what + "-----\n";
    Files.writeString(file, pem, StandardCharsets.US_ASCII);
  }
}

// SPDX-License-Identifier: Apache-2.0
package io.pagestrata.daemon.nbd;

import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.security.cert.Certificate;
import java.security.cert.CertificateEncodingException;
import java.security.cert.X509Certificate;
import java.util.HexFormat;
import java.util.Set;
import javax.net.ssl.SSLPeerUnverifiedException;
import javax.net.ssl.SSLSession;

/** What the certificate of a client is called in allow lists. Stateless. */
final class ClientNames {
  private ClientNames() {}

  /** Subject (RFC 2253) and fingerprint; empty when the client showed no certificate. */
  static Set<String> of(SSLSession session) {
    try {
      Certificate first = session.getPeerCertificates()[0];
      byte[] hash = MessageDigest.getInstance("SHA-256").digest(first.getEncoded());
      String fingerprint = "sha256:" + HexFormat.of().formatHex(hash);
      return first instanceof X509Certificate x509
          ? Set.of(x509.getSubjectX500Principal().getName(), fingerprint)
          : Set.of(fingerprint);
    } catch (SSLPeerUnverifiedException e) {
      return Set.of();
    } catch (CertificateEncodingException | NoSuchAlgorithmException e) {
      throw new IllegalStateException("a certificate that was verified cannot be named", e);
    }
  }
}

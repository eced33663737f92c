// SPDX-License-Identifier: Apache-2.0
/** The commands of the program, their options, and what the user is told when one fails. */
package io.pagestrata.daemon.command;

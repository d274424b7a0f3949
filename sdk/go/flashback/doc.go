// Workspaces, members and API keys of the Flashback platform as code, with no secret left in clear text.
package flashback

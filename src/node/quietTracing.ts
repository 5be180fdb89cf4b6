// Removes inherited tracing variables before LangChain loads: with them a user's content would be uploaded. First import.
for (const name of Object.keys(process.env)) {
  if (/^(LANGSMITH|LANGCHAIN)_/i.test(name)) Reflect.deleteProperty(process.env, name);
}

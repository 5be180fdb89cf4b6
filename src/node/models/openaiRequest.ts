// Our messages and tools in the words of the chat-completions wire format. Pure.
import type {
  ChatCompletionContentPart,
  ChatCompletionCreateParamsStreaming,
  ChatCompletionMessageParam,
} from 'openai/resources/chat/completions';
import { historyCall } from '../../core/models/historyCall.ts';
import type { ToolCall } from '../../core/agent/message.ts';
import type { ModelMessage, ModelRequest } from '../../core/ports/model.ts';

/** The body of one request, always streaming and asking for usage at the end. */
export function toWireRequest(request: ModelRequest): ChatCompletionCreateParamsStreaming {
  const system: ChatCompletionMessageParam[] =
    request.system === '' ? [] : [{ role: 'system', content: request.system }];
  const tools = request.tools.map((tool) => ({
    type: 'function' as const,
    function: { name: tool.name, description: tool.description, parameters: tool.schema },
  }));
  return {
    model: request.model.id,
    messages: [...system, ...request.messages.map(toWireMessage)],
    stream: true,
    stream_options: { include_usage: true },
    ...(tools.length > 0 ? { tools } : {}),
  };
}

function toWireMessage(message: ModelMessage): ChatCompletionMessageParam {
  switch (message.role) {
    case 'user':
      return { role: 'user', content: toWireContent(message) };
    case 'tool':
      return { role: 'tool', tool_call_id: message.callId, content: message.text };
    case 'assistant':
      if (message.toolCalls.length === 0) return { role: 'assistant', content: message.text };
      return {
        role: 'assistant',
        content: message.text === '' ? null : message.text,
        tool_calls: message.toolCalls.map(toWireCall),
      };
  }
}

/** Plain text while there is no image: some servers take nothing else. */
function toWireContent({
  text,
  images = [],
}: Pick<ModelMessage, 'text' | 'images'>): string | ChatCompletionContentPart[] {
  if (images.length === 0) return text;
  const parts = images.map(({ media, data }) => ({
    type: 'image_url' as const,
    image_url: { url: `data:${media};base64,${data}` },
  }));
  return [{ type: 'text', text }, ...parts];
}

function toWireCall(call: ToolCall): {
  id: string;
  type: 'function';
  function: { name: string; arguments: string };
} {
  const { id, name, args } = historyCall(call);
  return { id, type: 'function', function: { name, arguments: JSON.stringify(args) } };
}

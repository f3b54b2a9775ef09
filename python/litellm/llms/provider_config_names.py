"""Names of the configuration classes of chat providers, as LiteLLM users import them."""

from __future__ import annotations

from collections.abc import Mapping

_TABLE = """
    a2a: A2AConfig
    ai21: AI21ChatConfig
    aiml: AIMLChatConfig
    amazon_nova: AmazonNovaChatConfig
    anthropic: AnthropicConfig
    anthropic_text: AnthropicTextConfig
    azure: AzureOpenAIConfig AzureOpenAIGPT5Config AzureOpenAIO1Config
    azure_ai: AzureAIStudioConfig AzureAnthropicConfig
    azure_text: AzureOpenAITextConfig
    baseten: BasetenConfig
    bedrock: AmazonBedrockRuntimeChatCompletionsConfig AmazonConverseConfig AmazonInvokeConfig
        BedrockClaudePlatformConfig
    bedrock/ai21: AmazonAI21Config
    bedrock/anthropic: AmazonAnthropicClaudeConfig AmazonAnthropicConfig
    bedrock/cohere: AmazonCohereConfig
    bedrock/deepseek_r1: AmazonDeepSeekR1Config
    bedrock/llama: AmazonLlamaConfig
    bedrock/mistral: AmazonMistralConfig
    bedrock/moonshot: AmazonMoonshotConfig
    bedrock/nova: AmazonInvokeNovaConfig
    bedrock/openai: AmazonBedrockOpenAIConfig
    bedrock/qwen: AmazonQwen2Config AmazonQwen3Config
    bedrock/titan: AmazonTitanConfig
    bedrock/twelvelabs: AmazonTwelveLabsPegasusConfig
    bedrock_mantle: BedrockMantleChatConfig
    bytez: BytezChatConfig
    cerebras: CerebrasConfig
    chatgpt: ChatGPTConfig
    clarifai: ClarifaiConfig
    cloudflare: CloudflareChatConfig
    cohere_chat: CohereChatConfig CohereV2ChatConfig
    cometapi: CometAPIConfig
    compactifai: CompactifAIChatConfig
    dashscope: DashScopeChatConfig QwenAIPlatformChatConfig QwenCloudChatConfig
    databricks: DatabricksConfig
    datarobot: DataRobotConfig
    deepinfra: DeepInfraConfig
    deepseek: DeepSeekChatConfig
    docker_model_runner: DockerModelRunnerChatConfig
    edenai: EdenAIChatConfig
    empower: EmpowerChatConfig
    fal_ai: FalAIChatConfig
    featherless_ai: FeatherlessAIConfig
    fireworks_ai: FireworksAIConfig FireworksAITextCompletionConfig
    friendliai: FriendliaiChatConfig
    galadriel: GaladrielChatConfig
    gdc: GDCGeminiConfig
    gemini: GeminiConfig GoogleAIStudioGeminiConfig
    gigachat: GigaChatConfig
    github: GithubChatConfig
    github_copilot: GithubCopilotConfig
    gradient_ai: GradientAIConfig
    groq: GroqChatConfig
    heroku: HerokuChatConfig
    hosted_vllm: HostedVLLMChatConfig
    huggingface: HuggingFaceChatConfig
    hyperbolic: HyperbolicChatConfig
    inception: InceptionChatConfig
    lambda_ai: LambdaAIChatConfig
    lemonade: LemonadeChatConfig
    litellm_proxy: LiteLLMProxyChatConfig
    llamafile: LlamafileChatConfig
    lm_studio: LMStudioChatConfig
    maritalk: MaritalkConfig
    meta_llama: LlamaAPIConfig
    minimax: MinimaxChatConfig
    mistral: MistralConfig
    modelscope: ModelScopeChatConfig
    moonshot: MoonshotChatConfig
    morph: MorphChatConfig
    nadir: NadirConfig
    nebius: NebiusConfig
    nlp_cloud: NLPCloudConfig
    novita: NovitaConfig
    nscale: NscaleConfig
    nvidia_nim: NvidiaNimConfig
    oci: OCIChatConfig
    ollama: OllamaConfig
    ollama_chat: OllamaChatConfig
    oobabooga: OobaboogaConfig
    openai: AiohttpOpenAIChatConfig OpenAIConfig OpenAIGPT5Config OpenAIGPTConfig OpenAIO1Config OpenAIOSeriesConfig
    openai_like: OpenAILikeChatConfig
    openrouter: OpenrouterConfig
    ovhcloud: OVHCloudChatConfig
    perplexity: PerplexityChatConfig
    petals: PetalsConfig
    predibase: PredibaseConfig
    ragflow: RAGFlowConfig
    replicate: ReplicateConfig
    sagemaker: SagemakerConfig
    sagemaker_chat: SagemakerChatConfig
    sagemaker_nova: SagemakerNovaConfig
    sambanova: SambanovaConfig
    sap: GenAIHubOrchestrationConfig
    snowflake: SnowflakeConfig
    tencent: TencentChatConfig
    text-completion-codestral: CodestralTextCompletionConfig
    text-completion-inception: InceptionTextCompletionConfig
    text-completion-openai: OpenAITextCompletionConfig
    together_ai: TogetherAIChatConfig TogetherAIConfig TogetherAITextCompletionConfig
    triton: TritonConfig TritonGenerateConfig TritonInferConfig
    v0: V0ChatConfig
    vercel_ai_gateway: VercelAIGatewayConfig
    vertex_ai: VertexAIAi21Config VertexAIAnthropicConfig VertexAIConfig VertexAILlama3Config
        VertexAIMistralConfig VertexGeminiConfig
    vllm: VLLMConfig
    volcengine: VolcEngineChatConfig VolcEngineConfig
    wandb: WandbConfig
    watsonx: IBMWatsonXChatConfig
    watsonx_text: IBMWatsonXAIConfig
    xai: XAIChatConfig
    zai: ZAIChatConfig
"""


def _read(table: str) -> dict[str, str]:
    found: dict[str, str] = {}
    provider = ""
    for word in table.split():
        if word.endswith(":"):
            provider = word[:-1]
        else:
            found[word] = provider
    return found


CONFIG_PROVIDERS: Mapping[str, str] = _read(_TABLE)
"""The provider of each; on Bedrock with the family of models (`bedrock/titan`) where a class stands for one."""
